import assert from "node:assert/strict";
import { test } from "node:test";
import { textFrame } from "../../demo/push/sockjs/frames.ts";
import { FrameCounter } from "./frame-counter.ts";

const HTTP = Buffer.from("HTTP/1.1 101 Switching Protocols\r\n\r\n");

test("counts frames of messages of each length, however they are cut", () => {
  const long = `a["${"x".repeat(200)}"]`;
  const all = Buffer.concat([HTTP, ...["o", 'a["first"]', "h", long, 'a["last"]'].map(textFrame)]);
  for (let size = 1; size <= all.length; size += 1) {
    const frames = new FrameCounter();
    let messages = 0;
    // A chunk is the socket's, and written over by the next.
    const chunk = Buffer.alloc(size);
    for (let at = 0; at < all.length; at += size) {
      messages += frames.take(chunk.subarray(0, all.copy(chunk, 0, at, at + size)));
    }
    assert.deepEqual([messages, frames.opened, frames.first], [3, true, 'a["first"]'], `in pieces of ${size}`);
  }
});

test("a refusal and a close frame are errors, with what was found", () => {
  assert.throws(
    () => new FrameCounter().take(Buffer.from("HTTP/1.1 503 no\r\n\r\n")),
    /expected HTTP.* 101, found .*503/,
  );
  const frames = new FrameCounter();
  assert.throws(() => frames.take(Buffer.concat([HTTP, textFrame('c[4503,"come back"]')])), /found c\[4503/);
});
