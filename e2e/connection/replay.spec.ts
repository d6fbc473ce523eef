/** The place in the stream: nothing is missed, nothing comes twice, and what cannot be replayed is said to be a gap. */
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import { bodyWith, expectState, item, items, opened, placeholder, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, standStill } from "../support/page-time.ts";

const LIST = '<ul id="list"></ul>';
const SHORTHAND = { welcome: "ignore" } as const;

test("a message between rendering and connecting is applied, once", async ({ page, push }) => {
  push.broadcast(item("before the page was rendered"));
  const html = libraryPage({ ...upToDate(push), body: LIST });
  push.broadcast(item("between"));
  await page.goto(push.page("/", html));
  const socket = await push.nextSocket();
  expect(await socket.nextMessage()).toEqual({ type: "resume", position: "1732361000000-1" });
  push.broadcast(item("after"));
  await expect(items(page)).toHaveText(["between", "after"]);
});

test("after a loss the page resumes from the last message it has seen", async ({ page, push }) => {
  await loadDice(page, 0);
  let socket = await opened(page, push, { body: LIST });
  expect(await socket.nextMessage()).toEqual({ type: "resume", position: null });
  const texts: string[] = [];
  for (const round of [1, 2, 3]) {
    for (const part of ["a", "b"]) {
      push.broadcast(item(`${round}${part}`));
      texts.push(`${round}${part}`);
    }
    await expect(items(page)).toHaveText(texts);
    const position = push.position;
    socket.drop();
    await socket.closed;
    push.broadcast(item(`missed ${round}`));
    texts.push(`missed ${round}`);
    socket = await push.nextSocket();
    expect(await socket.nextMessage()).toEqual({ type: "resume", position });
  }
  await expect(items(page)).toHaveText(texts);
});

test("a page without a position adopts the one of its first welcome", async ({ page, push }) => {
  push.broadcast(item("of long ago"));
  const socket = await opened(page, push, { body: LIST });
  await socket.nextMessage();
  // The welcome is behind what the page has read when a later message is applied; this one has no position.
  socket.send(item("without a position"));
  await expect(items(page)).toHaveText(["without a position"]);
  socket.drop();
  expect(await (await push.nextSocket()).nextMessage()).toEqual({ type: "resume", position: "1732361000000-1" });
});

test("a message for a target elsewhere counts as seen", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  push.broadcast(item("elsewhere", "list-of-another-page"));
  push.broadcast({ type: "push", marker: "nobody-listens" });
  push.broadcast(item("here"));
  await expect(items(page)).toHaveText(["here"]);
  socket.drop();
  const next = await push.nextSocket();
  expect(await next.nextMessage()).toEqual({ type: "resume", position: "1732361000000-3" });
});

test("duplicates are dropped: the same id, an older one, and a whole replay", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  const sent = [1, 2, 3].map((count) => push.broadcast(item(count)));
  for (const message of sent) socket.send(message);
  socket.send({ ...item("older"), id: "1732360999999-99" });
  socket.send({ ...item("same, with zeros in front"), id: "01732361000000-03" });
  push.broadcast(item("last"));
  await expect(items(page)).toHaveText(["1", "2", "3", "last"]);
});

test("positions are compared as numbers of 64 bits", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  const increasing = ["9007199254740993-9", "9007199254740993-10", "18446744073709551614-0", "18446744073709551615-0"];
  for (const id of increasing) socket.send({ ...item(id), id });
  for (const id of increasing) socket.send({ ...item(`again ${id}`), id });
  socket.send(item("end"));
  await expect(items(page)).toHaveText([...increasing, "end"]);
});

test.describe("a gap", () => {
  test.use({ pushOptions: { replay: 1 } });

  test("is an event, fetches what is waited for, and the stream goes on from there", async ({ page, push }) => {
    push.snippet("/doc/1/@@snippet", '<p id="preview">ready</p>');
    const body = LIST + placeholder("preview", "/doc/1/@@snippet");
    const html = libraryPage({ ...upToDate(push), body });
    for (const text of ["forgotten", "forgotten too", "remembered"]) push.broadcast(item(text));
    await page.goto(push.page("/", html));
    expect((await nextEvent(page, "pat-inject-async-gap")).detail).toEqual({ url: `${push.url}/push` });
    await expect(page.locator("#preview")).toHaveText("ready");

    push.broadcast(item("after the gap"));
    await expect(items(page)).toHaveText(["after the gap"]);
    expect(push.requestsFor("/doc/1/@@snippet")).toHaveLength(1);
    const gaps = (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-gap");
    expect(gaps).toEqual([]);
  });

  test("is what a position of elsewhere leads to, and messages with smaller ids count again", async ({
    page,
    push,
  }) => {
    for (const [what, position] of [
      ["of another epoch", "1600000000000-5"],
      ["in the future", "1999999999999-0"],
    ] as const) {
      await test.step(what, async () => {
        push.broadcast(item("before"));
        const html = libraryPage({ bodyAttributes: bodyWith(`position: ${position}`), body: LIST });
        await page.goto(push.page("/", html));
        expect(await (await push.nextSocket()).nextMessage()).toEqual({ type: "resume", position });
        await nextEvent(page, "pat-inject-async-gap");
        push.broadcast(item("after"));
        await expect(items(page)).toHaveText(["after"]);
      });
    }
  });
});

test("a position that is none is not sent", async ({ page, push }) => {
  for (const [what, position] of [
    ["nonsense", "nonsense"],
    ["without a number", "-"],
    ["negative", "-1-0"],
    ["markup", "<b>1</b>"],
    ["too long", `${"9".repeat(21)}-0`],
    ["of ten megabytes", "1".repeat(10 * 1024 * 1024)],
  ] as const) {
    await test.step(what, async () => {
      const escaped = position.replaceAll("<", "&lt;");
      const html = libraryPage({ bodyAttributes: bodyWith(`position: ${escaped}`), body: LIST });
      await page.goto(push.page("/", html));
      const socket = await push.nextSocket();
      expect(await socket.nextMessage()).toEqual({ type: "resume", position: null });
      push.broadcast(item(what));
      await expect(items(page)).toHaveText([what]);
    });
  }
});

test.describe("a server that ignores resume", () => {
  test.use({ pushOptions: SHORTHAND });

  test("is not waited for: messages without a position are applied at once", async ({ page, push }) => {
    await holdClock(page);
    const socket = await opened(page, push, { body: LIST });
    await standStill(page); // so that its patience cannot have ended
    socket.send(item("at once"));
    await push.settled(page);
    await expect(items(page)).toHaveText(["at once"]);
  });

  test("has its messages with a position applied when three seconds have passed", async ({ page, push }) => {
    await holdClock(page);
    const socket = await opened(page, push, { body: LIST });
    for (const count of [1, 2, 3]) socket.send({ ...item(count), id: `1732361000000-${count}` });
    await page.clock.runFor(3_000);
    await expect(items(page)).toHaveText(["1", "2", "3"]);
  });

  test("makes each reconnection a gap", async ({ page, push }) => {
    await holdClock(page);
    await loadDice(page, 0);
    const socket = await opened(page, push, { body: LIST });
    await page.clock.runFor(3_000);
    socket.drop();
    await push.nextSocket();
    await expectState(page, "open");
    await page.clock.runFor(3_000);
    await nextEvent(page, "pat-inject-async-gap");
  });
});

test("a welcome that comes late, on a slow line, still opens the replay", async ({ page, push }) => {
  // The server is slow to look up what was missed: four seconds, and then it answers in full.
  push.welcome("ignore");
  await holdClock(page);
  const html = libraryPage({ ...upToDate(push), body: LIST });
  await page.goto(push.page("/", html));
  const socket = await push.nextSocket();
  await socket.nextMessage();
  await expectState(page, "open");
  await page.clock.runFor(4_000);
  socket.send({ type: "welcome", position: "1732361000000-3", recovered: true });
  for (const count of [1, 2, 3]) socket.send({ ...item(count), id: `1732361000000-${count}` });
  socket.send(item("end"));
  await expect(items(page)).toHaveText(["1", "2", "3", "end"]);
});

test("a welcome that was not asked for does no harm", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  push.broadcast(item(1));
  await expect(items(page)).toHaveText(["1"]);
  for (const recovered of [true, false, true]) socket.send({ type: "welcome", position: push.position, recovered });
  push.broadcast(item(2));
  await expect(items(page)).toHaveText(["1", "2"]);
});

test("only the position is kept: after hundreds of messages a duplicate is still known", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<div id="counter"></div>' });
  const count = 300;
  for (let index = 1; index <= count; index++) {
    socket.send({ html: String(index), inject: "target: #counter", id: `1732361000000-${index}` });
  }
  await expect(page.locator("#counter")).toHaveText(String(count));
  await drainEvents(page);
  for (const id of [1, 150, count]) {
    socket.send({ html: "again", inject: "target: #counter", id: `1732361000000-${id}` });
  }
  socket.send({ html: "end", inject: "target: #counter" });
  await push.settled(page);
  await expect(page.locator("#counter")).toHaveText("end");
  const injected = (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-injected");
  expect(injected).toHaveLength(1);
});
