import assert from "node:assert/strict";
import { test } from "node:test";
import { UnauthorizedError } from "../delivery/snippets/errors.ts";
import { Session } from "./session.ts";

const FORBIDDEN = "https://site.example/forbidden";

function refusal(status: number, url: string): UnauthorizedError {
  return new UnauthorizedError(url, `status ${status}`, { status });
}

test("what the user may not see stays forbidden while the session goes on, until a message names it", () => {
  const session = new Session(() => {});
  session.refused(refusal(403, FORBIDDEN));
  session.granted();
  assert.ok(session.isForbidden(FORBIDDEN));
  session.named(FORBIDDEN);
  assert.ok(!session.isForbidden(FORBIDDEN));
});

test("after the end of the session nothing is forbidden any more: who comes back may be somebody else", () => {
  const session = new Session(() => {});
  session.refused(refusal(403, FORBIDDEN));
  session.refused(refusal(401, "https://site.example/other"));
  assert.ok(session.isOver);
  assert.ok(session.isForbidden(FORBIDDEN), "nobody has come back yet");
  // A snippet is fetched, while the connection has never been closed.
  session.granted();
  assert.ok(!session.isOver);
  assert.ok(!session.isForbidden(FORBIDDEN));
});

test("a refusal is told once, the end of the session even after it, and each again when access was granted between", () => {
  const told: string[] = [];
  const session = new Session((reason) => told.push(reason));
  for (const status of [403, 403, 401, 401, 403]) session.refused(refusal(status, "/a"));
  session.ended();
  assert.deepEqual(told, ["/a: status 403", "/a: status 401"]);
  session.granted();
  session.ended();
  assert.deepEqual(told.slice(2), ["the server says that the session is over"]);
});
