import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { statusPage } from "./async-status.ts";

/** What the page says of a figure. */
function words(name: string, value: unknown): string {
  const page = statusPage(undefined, { [name]: value });
  return /<dl>.*<dd>(.*)<\/dd>/s.exec(page)?.[1] ?? "";
}

describe("the words of the status", () => {
  for (const [name, value, expected] of [
    ["redis", "up", /reaches it/],
    ["redis", "down", /does not reach it.*REDIS_URL.*Nothing is lost/],
    ["gateways", 0, /No gateway has been heard of.*npm run push.*REDIS_URL/],
    ["gateways", 1, /a second one would bridge that/],
    ["gateways", 3, /^Each has been heard of/],
    ["socketsByGateway", [7, 5], /shared out/],
    ["socketsByGateway", [7, 0], /Nobody is connected to one of them/],
    ["sockets", 0, /No browser is connected/],
    ["workers", 0, /None is there, so tasks wait.*npm run worker/],
    ["workers", 2, /take tasks/],
  ] as const) {
    test(`of ${name} ${value}`, () => {
      assert.match(words(name, value), expected);
    });
  }

  test("of one gateway's sockets there is no list", () => {
    assert.doesNotMatch(statusPage(undefined, { socketsByGateway: [7] }), /<dd>/);
    assert.match(statusPage(undefined, { socketsByGateway: [7, 5] }), /socketsByGateway: <strong>7, 5<\/strong>/);
  });
});
