import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTopics } from "../ground/topics.ts";
import { Streams } from "./streams.ts";

const NEWS = "news~1800000000~s1";
const TEAM = "team~1800000000~s2";

function page() {
  const log: string[] = [];
  const streams = new Streams(
    { own: "4-0", topics: parseTopics(`${NEWS}@1-0, ${TEAM}`) },
    {
      message: ({ topic = "own", id }) => log.push(`${topic} ${id}`),
      synchronised: (past) => log.push(past),
    },
  );
  const message = (id: string, topic?: string) =>
    streams.received({ url: "/a", id, ...(topic === undefined ? {} : { topic }) });
  return { log, streams, message };
}

test("each stream is resumed from a position of its own", () => {
  const { streams, message } = page();
  const topics = { [NEWS]: "1-0", [TEAM]: null };
  assert.deepEqual(streams.opened(), { type: "resume", position: "4-0", topics });
  streams.received({ type: "welcome", position: "4-0", recovered: true });
  streams.received({ type: "welcome", topic: "news", position: "2-0", recovered: true });
  streams.received({ type: "welcome", topic: "team", position: "7-0", recovered: true });
  message("2-0", "news");
  message("5-0");
  streams.closed();
  assert.deepEqual(streams.opened(), {
    type: "resume",
    position: "5-0",
    topics: { [NEWS]: "2-0", [TEAM]: "7-0" },
  });
  assert.deepEqual(
    streams.positions.topics.map(({ name, position }) => `${name} ${position}`),
    ["news 2-0", "team 7-0"],
  );
});

test("what is a duplicate, or held, is so in its own stream alone", () => {
  const { log, streams, message } = page();
  streams.opened();
  message("9-0", "news");
  streams.received({ type: "welcome", position: "4-0", recovered: true });
  message("5-0");
  message("5-0");
  streams.received({ type: "welcome", topic: "news", position: "9-0", recovered: true });
  for (const id of ["2-0", "9-0", "9-0"]) message(id, "news");
  assert.deepEqual(log, ["replayed", "own 5-0", "replayed", "news 2-0", "news 9-0"]);
});

test("a topic that is not granted is as a server without replay; one that was not asked for is nothing", () => {
  const { log, streams, message } = page();
  streams.opened();
  streams.received({ type: "welcome", position: "4-0", recovered: true });
  streams.received({ type: "welcome", topic: "news", position: "1-0", recovered: true });
  message("1-0", "other");
  streams.unwelcomed();
  assert.deepEqual(log, ["replayed", "replayed", "unknown"]);
});

test("a page without topics says nothing of them", () => {
  const streams = new Streams({ own: null, topics: [] }, { message() {}, synchronised() {} });
  assert.deepEqual(streams.opened(), { type: "resume", position: null });
});

test("what is no topic is left out, with a line that says so", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const invalid = ["news", "~1~s", "news~", "news~1@x", "b~1~s@", "news~1~s@1-0@2-0"];
  assert.deepEqual(
    parseTopics([...invalid, NEWS].join(" ")).map(({ name }) => name),
    ["news"],
  );
  assert.equal(warn.mock.callCount(), invalid.length);
  assert.match(String(warn.mock.calls[0]?.arguments[0]), /expected name~expiry~signature@position, found news$/);
});
