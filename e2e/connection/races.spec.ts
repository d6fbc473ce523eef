/** Opening, closing and resuming at the same time, in the order that hurts. Each test tells its interleaving first. */
import { addElements } from "../support/elements.ts";
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import {
  bodyWith,
  expectState,
  FALLBACK,
  INFO,
  item,
  items,
  opened,
  placeholder,
  upToDate,
} from "../support/opened.ts";
import { holdClock, loadDice, passUntil, standStill } from "../support/page-time.ts";
import { startPushServer } from "../support/push-server.ts";
import { ADDRESSES } from "../support/transports.ts";

const LIST = '<ul id="list"></ul>';

test("close during connecting", async ({ page, push }) => {
  // 1. The page asks /info; the answer is held.
  // 2. The only element goes, and with it the connection that is not there yet.
  // 3. The answer comes.
  // No socket may come of it.
  const info = push.snippet("/push/info", INFO).hold();
  const body = '<div id="only" class="pat-inject-async"></div>';
  await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body })));
  await push.nextRequest("/push/info");
  await expectState(page, "connecting", page.locator("#only"));

  await page.evaluate(() => document.getElementById("only")?.remove());
  await nextEvent(page, "pat-inject-async-state", { state: "idle" });
  info.release();
  push.snippet("/later", "");
  await page.evaluate(() => fetch("/later").then((response) => response.text()));
  expect(push.requests.filter(({ path }) => path.endsWith("/websocket"))).toEqual([]);
  expect(push.sockets).toEqual([]);
});

test("refused during connecting", async ({ page, push, allow }) => {
  // 1. The page asks /info, which offers every transport; none gets through.
  // 2. The page is waiting.
  // 3. The next attempt finds a server in good health.
  allow(FALLBACK);
  await loadDice(page, 0);
  await holdClock(page);
  push.blockTransports(...ADDRESSES);
  await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: LIST })));
  await expect.poll(() => push.requests.filter(({ path }) => path.endsWith("/xhr")).length).toBeGreaterThan(0);
  push.blockTransports();
  await page.clock.fastForward(60_000); // how long SockJS may wait for what does not come
  await push.nextSocket();
  push.broadcast(item("well"));
  await expect(items(page)).toHaveText(["well"]);
});

test("a message between open and welcome", async ({ page, push }) => {
  // 1. The page resumes from 0, while 1 and 2 are in the server's log.
  // 2. The server sends 3, which has just happened, before it has answered.
  // 3. It answers, and replays 1, 2 and 3.
  // 1, 2, 3: in order, each once.
  push.welcome("ignore");
  const bodyAttributes = bodyWith("position: 1732361000000-0");
  const socket = await opened(page, push, { bodyAttributes, body: LIST });
  await socket.nextMessage();
  const message = (count: number) => ({ ...item(count), id: `1732361000000-${count}` });
  socket.send(message(3));
  socket.send({ type: "welcome", position: "1732361000000-3", recovered: true });
  for (const count of [1, 2, 3]) socket.send(message(count));
  socket.send(item("end"));
  await expect(items(page)).toHaveText(["1", "2", "3", "end"]);
});

test("a message between open and an explicit gap", async ({ page, push }) => {
  // 1. The page resumes from a position that the server has forgotten.
  // 2. The server sends 8, which has just happened, before it has answered.
  // 3. It answers that it cannot bridge, at position 8, and goes on with 9.
  // 8 came once and will not come again: 8, 9.
  push.welcome("ignore");
  const socket = await opened(page, push, { bodyAttributes: bodyWith("position: 1732361000000-1"), body: LIST });
  await socket.nextMessage();
  socket.send({ ...item(8), id: "1732361000000-8" });
  socket.send({ type: "welcome", position: "1732361000000-8", recovered: false });
  socket.send({ ...item(9), id: "1732361000000-9" });
  await expect(items(page)).toHaveText(["8", "9"]);
  await nextEvent(page, "pat-inject-async-gap");
});

test("the line is cut between open and welcome", async ({ page, push }) => {
  // 1. The page resumes from 0; the server sends 2, ahead of its answer, and the line is cut.
  // 2. The page comes back. It must not have counted 2 as seen: 1 was before it.
  // 3. The server replays 1 and 2.
  push.welcome("ignore");
  await loadDice(page, 0);
  const bodyAttributes = bodyWith("position: 1732361000000-0");
  const socket = await opened(page, push, { bodyAttributes, body: LIST });
  await socket.nextMessage();
  socket.send({ ...item(2), id: "1732361000000-2" });
  socket.send(item("a mark"));
  await expect(items(page)).toHaveText(["a mark"]);
  socket.drop();
  const next = await push.nextSocket();
  expect(await next.nextMessage()).toEqual({ type: "resume", position: "1732361000000-0" });
  next.send({ type: "welcome", position: "1732361000000-2", recovered: true });
  for (const count of [1, 2]) next.send({ ...item(count), id: `1732361000000-${count}` });
  await expect(items(page)).toHaveText(["a mark", "1", "2"]);
});

test("an element added while connecting", async ({ page, push }) => {
  // 1. The page asks /info; the answer is held.
  // 2. A second element of the endpoint appears, with a placeholder's wait.
  // 3. The connection opens; a message comes for the second.
  // One socket; both elements show its state; the message is applied.
  const info = push.snippet("/push/info", INFO).hold();
  push.snippet("/doc/2", '<p id="second">ready</p>');
  await page.goto(push.page("/", libraryPage(upToDate(push))));
  await push.nextRequest("/push/info");
  await addElements(page, placeholder("second", "/doc/2"));
  await expectState(page, "connecting", page.locator("#second"));

  info.release();
  await push.nextSocket();
  push.broadcast({ url: "/doc/2" });
  await expect(page.locator("p#second")).toHaveText("ready");
  await expectState(page, "open");
  expect(push.sockets).toHaveLength(1);
});

test("two elements, two endpoints", async ({ page, push }) => {
  // 1. Two elements use two endpoints, each with messages of its own; both count their positions from one.
  // 2. Each endpoint sends messages with the same ids, for targets of its own.
  // 3. The connection of the first is cut; the second goes on.
  // Neither takes the other's for duplicates, and neither loses its place.
  await loadDice(page, 0);
  const otherPush = await startPushServer();
  const body = `
    <div class="pat-inject-async" id="one" data-pat-inject-async="url: /push"><ul id="list-one"></ul></div>
    <div class="pat-inject-async" id="two" data-pat-inject-async="url: ${otherPush.url}/push"><ul id="list-two"></ul></div>`;
  const bodyAttributes = `data-pat-inject-async="allow: ${otherPush.url}"`;
  await page.goto(push.page("/", libraryPage({ bodyAttributes, body })));
  const socket = await push.nextSocket();
  const other = await otherPush.nextSocket();
  await expectState(page, "open", page.locator("#one"));
  await expectState(page, "open", page.locator("#two"));
  for (const count of [1, 2]) {
    push.broadcast(item(`one ${count}`, "list-one"));
    otherPush.broadcast(item(`two ${count}`, "list-two"));
  }
  await expect(items(page, "list-one")).toHaveText(["one 1", "one 2"]);
  await expect(items(page, "list-two")).toHaveText(["two 1", "two 2"]);
  await drainEvents(page);

  socket.drop();
  const next = await push.nextSocket();
  expect(await next.nextMessage()).toEqual({ type: "resume", position: "1732361000000-2" });
  push.broadcast(item("one 3", "list-one"));
  await expect(items(page, "list-one")).toHaveText(["one 1", "one 2", "one 3"]);
  expect(other.isOpen).toBe(true);
  const changes = (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-state");
  expect(changes.map((change) => "detail" in change && change.detail["url"])).toEqual(
    [1, 2, 3].map(() => `${push.url}/push`),
  );
  expect(changes.map((change) => "target" in change && change.target)).toEqual(["one", "one", "one"]);
  await page.close();
  await otherPush.close();
});

test("an old socket's events after the new one has opened", async ({ page, push }) => {
  // 1. The page comes back from a suspension it believes in (pagehide), so it lets go of its socket and opens another.
  // 2. The old socket, whose end the server has not noticed, still sends a message and then closes with 4401.
  // Neither counts: the new connection stays open, and the message comes once, on the new one.
  await page.addInitScript(() => {
    // The close of a socket takes its time to reach the server; here it never does.
    WebSocket.prototype.close = () => {};
  });
  const old = await opened(page, push, { body: LIST });
  await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
  const socket = await push.nextSocket();
  await expectState(page, "open");
  expect(old.isOpen).toBe(true);
  push.broadcast(item("once")); // to both
  old.send(item("from the dead"));
  old.close(4401, "session over");
  await old.closed;
  push.broadcast(item("end"));
  await expect(items(page)).toHaveText(["once", "end"]);
  await expectState(page, "open");
  expect(socket.isOpen).toBe(true);
});

test("a wake while waiting, and the retry that was due anyway", async ({ page, push }) => {
  // 1. The line is lost; an attempt is scheduled.
  // 2. The network comes back at the same moment: an attempt is made at once.
  // 3. The scheduled time arrives.
  // One socket, not two.
  await holdClock(page);
  await loadDice(page, 0.999);
  const socket = await opened(page, push);
  await standStill(page);
  socket.drop();
  await passUntil(page, "waiting");
  await page.evaluate(() => {
    for (const _ of [1, 2, 3]) window.dispatchEvent(new Event("online"));
  });
  await page.clock.resume();
  await push.nextSocket();
  await expectState(page, "open");
  await page.clock.runFor(10_000);
  await expectState(page, "open");
  expect(push.sockets).toHaveLength(2);
  expect(push.sockets.filter(({ isOpen }) => isOpen)).toHaveLength(1);
});
