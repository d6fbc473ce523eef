/** Topics: streams for all who may see something, beside the user's own, each with a position of its own. */
import { expect, test } from "../support/fixture.ts";
import { bodyWith, item, items, opened } from "../support/opened.ts";

const GRANT = "news~1800000000~s";
const BODY = '<ul id="list"></ul><i id="later"></i>';

test.use({ pushOptions: { welcome: "ignore" } });

test("messages of a topic are applied once, and resumed from where they were left", async ({ page, push }) => {
  const bodyAttributes = bodyWith(`position: 5-0; topics: ${GRANT}@3-0`);
  const socket = await opened(page, push, { bodyAttributes, body: BODY });
  expect(await socket.nextMessage()).toEqual({ type: "resume", position: "5-0", topics: { [GRANT]: "3-0" } });
  socket.send({ type: "welcome", position: "5-0", recovered: true });
  socket.send({ type: "welcome", topic: "news", position: "4-0", recovered: true });
  for (const id of ["4-0", "4-0", "6-0"]) socket.send({ ...item(`news ${id}`), id, topic: "news" });
  for (const id of ["5-0", "6-0"]) socket.send({ ...item(`own ${id}`), id });
  socket.send({ ...item("nobody's"), id: "9-0", topic: "other" });
  await push.settled(page);
  await expect(items(page)).toHaveText(["news 4-0", "news 6-0", "own 6-0"]);

  socket.drop();
  const next = await push.nextSocket();
  expect(await next.nextMessage()).toEqual({ type: "resume", position: "6-0", topics: { [GRANT]: "6-0" } });
});

test("what is no topic is left out, with a line in the log, and all else works", async ({ page, push, allow }) => {
  allow(/topics: expected name~expiry~signature@position, found news/);
  const lines: string[] = [];
  page.on("console", (line) => lines.push(line.text()));
  const bodyAttributes = bodyWith(`position: 5-0; topics: news, ${GRANT}@3-0`);
  const socket = await opened(page, push, { bodyAttributes, body: BODY });
  expect(await socket.nextMessage()).toEqual({ type: "resume", position: "5-0", topics: { [GRANT]: "3-0" } });
  expect(lines.filter((line) => line.includes("topics"))).toHaveLength(1);
});
