import assert from "node:assert/strict";
import { test } from "node:test";
import type { Position } from "../ground/protocol.ts";
import { Stream } from "./stream.ts";

/** A page that notes what reaches it. */
function pageAt(position: Position | null) {
  const log: string[] = [];
  const stream = new Stream(position, {
    message: (message) => log.push(message.id ?? "no id"),
    synchronised: (past) => log.push(past),
  });
  const message = (id?: Position) =>
    stream.received({ type: "inject", url: "/a", ...(id === undefined ? {} : { id }) });
  const welcome = (at: Position, recovered: boolean) => stream.received({ type: "welcome", position: at, recovered });
  return { log, stream, message, welcome };
}

test("a page resumes from where it was rendered, and gets what it missed", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  assert.equal(stream.opened(), "4-0");
  welcome("6-0", true);
  message("5-0");
  message("6-0");
  assert.deepEqual(log, ["replayed", "5-0", "6-0"]);
});

test("after a drop it resumes from the last message", () => {
  const { stream, message, welcome } = pageAt("4-0");
  stream.opened();
  welcome("4-0", true);
  message("5-0");
  stream.closed();
  assert.equal(stream.opened(), "5-0");
});

test("a message that is not newer than the last one is a duplicate", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  stream.opened();
  welcome("4-0", true);
  for (const id of ["5-0", "5-0", "3-0", "4-9", "5-1"]) message(id);
  assert.deepEqual(log, ["replayed", "5-0", "5-1"]);
});

test("messages without an id are all delivered, at once", () => {
  const { log, stream, message } = pageAt("4-0");
  stream.opened();
  message();
  message();
  assert.deepEqual(log, ["no id", "no id"]);
});

test("a message between open and welcome is not delivered before those that the replay brings", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  stream.opened();
  message("7-0");
  welcome("7-0", true);
  for (const id of ["5-0", "6-0", "7-0"]) message(id);
  assert.deepEqual(log, ["replayed", "5-0", "6-0", "7-0"]);
});

test("a page without a position adopts the server's, and keeps what came before welcome: nothing replays it", () => {
  const { log, stream, message, welcome } = pageAt(null);
  stream.opened();
  message("7-0");
  welcome("7-0", true);
  message("8-0");
  stream.closed();
  assert.deepEqual(log, ["7-0", "unknown", "8-0"]);
  assert.equal(stream.opened(), "8-0");
});

test("where the server cannot bridge, the page adopts its position, even an older one: another epoch has begun", () => {
  const { log, stream, message, welcome } = pageAt("900-0");
  stream.opened();
  welcome("10-0", false);
  message("11-0");
  assert.deepEqual(log, ["gap", "11-0"]);
});

test("what came before a welcome that cannot bridge is delivered once, in whichever epoch", () => {
  for (const [before, early, at] of [
    ["4-0", "8-0", "7-0"],
    ["900-0", "11-0", "11-0"],
  ] as const) {
    const { log, stream, message, welcome } = pageAt(before);
    stream.opened();
    message(early);
    welcome(at, false);
    assert.deepEqual(log, [early, "gap"]);
    assert.equal(stream.position, early);
  }
});

test("a server that ignores resume: what was held is delivered when the patience ends, and each reconnect is a gap", () => {
  const { log, stream, message } = pageAt(null);
  stream.opened();
  message("1-0");
  stream.unwelcomed();
  stream.closed();
  stream.opened();
  stream.unwelcomed();
  assert.deepEqual(log, ["1-0", "unknown", "gap"]);
});

test("a welcome that comes after the patience ended is a gap, for its replay looks old", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  stream.opened();
  message("7-0");
  stream.unwelcomed();
  welcome("7-0", true);
  assert.deepEqual(log, ["7-0", "unknown", "gap"]);
});

test("a welcome that comes after the patience ended is as good as one in time when nothing was delivered meanwhile", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  stream.opened();
  stream.unwelcomed();
  welcome("6-0", true);
  for (const id of ["5-0", "6-0"]) message(id);
  assert.deepEqual(log, ["unknown", "replayed", "5-0", "6-0"]);
});

test("what is held is bounded: a server that floods before it answers is one that does not answer", () => {
  const { log, stream, message } = pageAt("4-0");
  stream.opened();
  for (let n = 5; n <= 1_005; n++) message(`${n}-0`);
  assert.equal(log.length, 1_002);
});

test("what was held when the connection closed is left to the next one's replay", () => {
  const { log, stream, message, welcome } = pageAt("4-0");
  stream.opened();
  message("7-0");
  stream.closed();
  stream.opened();
  welcome("7-0", true);
  for (const id of ["5-0", "6-0", "7-0"]) message(id);
  assert.deepEqual(log, ["replayed", "5-0", "6-0", "7-0"]);
});
