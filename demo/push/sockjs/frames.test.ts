import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryBus } from "../../bus/memory.ts";
import { startSite } from "../test-support/site.ts";
import { messageFrame, textFrame } from "./frames.ts";

test("a frame has the length of its text in bytes, in the shortest form", () => {
  assert.deepEqual([...textFrame("h")], [0x81, 1, 104]);
  assert.deepEqual([...textFrame("ü").subarray(0, 2)], [0x81, 2]);
  for (const [length, header] of [
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 255, 255]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ] as const) {
    const frame = textFrame("x".repeat(length));
    assert.deepEqual([...frame.subarray(0, header.length)], header);
    assert.equal(frame.length, header.length + length);
  }
});

test("one message is framed once for all sockets in a row", () => {
  assert.equal(messageFrame("a"), messageFrame("a"));
  assert.deepEqual(messageFrame('"'), textFrame('a["\\""]'));
});

test("messages of all lengths and signs reach a browser", async (t) => {
  const bus = createMemoryBus();
  const { open } = await startSite(t, { bus });
  const jane = open("jane");
  jane.resume(null);
  await jane.next();
  for (const html of ["", "x".repeat(60), "ü\u2028💡\u0000\"'\\".repeat(20), "x".repeat(70_000)]) {
    const id = await bus.publish("jane", { type: "inject", html });
    assert.deepEqual(await jane.next(), { type: "inject", html, id });
  }
});
