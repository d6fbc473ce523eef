/** When the session is over: nothing of a login page reaches the page, nothing is tried again, and it is said once. */
import type { Page } from "@playwright/test";
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import { expectState, FAILED, INFO, item, items, opened, placeholder, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, pass } from "../support/page-time.ts";
import { type PushServer, startPushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";
import type { Reply, Snippet } from "../support/snippet.ts";
import { hide, lookAt, test as tabs } from "../support/tabs.ts";

const LOGIN_FORM = '<form id="target"><input name="__ac_name"><input type="password" name="__ac_password"></form>';
const TARGET = '<div id="target">old</div>';
const LIST = '<ul id="list"></ul>';

const REFUSALS: readonly (readonly [string, Reply])[] = [
  ["401", { status: 401, body: '<p id="target">Unauthorized</p>' }],
  ["403", { status: 403, body: '<p id="target">Forbidden</p>' }],
  ["a redirect to the login page", redirect("/login?came_from=/doc/1")],
  ["a redirect to the login form of Plone", redirect("/login_form")],
  ["a redirect to the login view", redirect("/site/@@login")],
  ["a redirect by the cookie plugin", redirect("/acl_users/credentials_cookie_auth/require_login?came_from=x")],
  ["a redirect to a lack of privileges", redirect("/site/insufficient-privileges?came_from=x")],
  ["a redirect to a confirmation", redirect("/@@confirm-action?original_url=/doc/1")],
  ["a login form in place of the snippet", LOGIN_FORM],
];

test("what says that the session is over is never injected, not asked for again, and said once", async ({
  page,
  push,
  allow,
}) => {
  allow(FAILED);
  await holdClock(page);
  serveLoginPages(push);
  for (const [index, [what, answer]] of REFUSALS.entries()) {
    await test.step(what, async () => {
      push.snippet(`/doc/${index}`, answer);
      // The page is loaded anew for each: what is over is over until the user comes back.
      await opened(page, push, { body: TARGET });
      push.broadcast({ url: `/doc/${index}`, inject: "source: #target; target: #target" });
      const { detail } = await nextEvent(page, "pat-inject-async-unauthorized");
      expect(detail["url"]).toBe(`${push.url}/push`);
      expect(String(detail["reason"])).toContain(`/doc/${index}`);
      await page.clock.runFor(20_000); // less than the page's patience with a server that does not beat
      await push.settled(page);
      await expect(page.locator("#target")).toHaveText("old");
      expect(push.requestsFor(`/doc/${index}`)).toHaveLength(1);
      expect(await unauthorized(page)).toBe(0);
    });
  }
});

test("however many messages find out, it is said once", async ({ page, push, allow }) => {
  allow(FAILED);
  const socket = await opened(page, push, { body: TARGET });
  for (const n of [1, 2, 3, 4, 5]) {
    push.snippet(`/doc/${n}`, n % 2 ? { status: 401 } : redirect("/login"));
    push.snippet("/login", LOGIN_FORM);
    push.broadcast({ url: `/doc/${n}`, inject: "target: #target::after" });
  }
  await push.settled(page);
  for (const n of [1, 2, 3, 4, 5]) expect(push.requestsFor(`/doc/${n}`)).toHaveLength(1);
  endSession(push, socket);
  await expectState(page, "stopped");
  expect(await unauthorized(page)).toBe(1);
});

test("a new message for what was refused is another attempt, though nobody has looked away and come back", async ({
  page,
  push,
  allow,
}) => {
  allow(FAILED);
  const snippet = push.snippet("/doc/1", { status: 401 });
  await opened(page, push, { body: TARGET });
  const message = { url: "/doc/1", inject: "target: #target" };
  push.broadcast(message);
  await nextEvent(page, "pat-inject-async-unauthorized");
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  snippet.answer = "<p>new</p>";
  push.broadcast(message);
  await expect(page.locator("#target")).toHaveText("new");
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(2);
});

test("4401 is said once, and after a new session and its end once more", async ({ page, push, allow }) => {
  allow(FAILED);
  const socket = await opened(page, push);
  const info = endSession(push, socket);
  await nextEvent(page, "pat-inject-async-unauthorized");
  info.answer = INFO;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  const next = await push.nextSocket();
  await expectState(page, "open");
  await next.nextMessage();
  next.send(item("a mark", "nowhere"));
  endSession(push, next);
  await nextEvent(page, "pat-inject-async-unauthorized");
  await expectState(page, "stopped");
  expect(await unauthorized(page)).toBe(0);
});

test("a server that refuses the connection is not asked for snippets either", async ({ page, push, allow }) => {
  allow(FAILED);
  await holdClock(page);
  push.snippet("/push/info", { status: 401 });
  push.snippet("/doc/1", { status: 401 });
  await page.goto(push.page("/", libraryPage({ body: placeholder("preview", "/doc/1") })));
  await expectState(page, "stopped");
  await pass(page, push, 120);
  expect(push.requestsFor("/doc/1")).toHaveLength(0);
  expect(await unauthorized(page)).toBe(1);
});

test("a server that sends the connection to a login, or a lack of privileges, has refused it", async ({
  page,
  push,
  allow,
}) => {
  allow(/Failed to load resource|WebSocket connection to|CORS policy/);
  await holdClock(page);
  const other = await startPushServer();
  other.snippet("/login", LOGIN_FORM);
  for (const [what, location] of [
    ["the login page", "/login?came_from=/push/info"],
    ["the login form of Plone", "/site/login_form"],
    ["the login view", "/@@login"],
    ["a lack of privileges", "/insufficient-privileges"],
    ["a login at another site", `${other.url}/login`],
  ] as const) {
    await test.step(what, async () => {
      push.snippet(location.split("?")[0] ?? "", LOGIN_FORM);
      push.snippet("/push/info", redirect(location));
      const before = push.requestsFor("/push/info").length;
      await page.goto(push.page("/", libraryPage()));
      await expectState(page, "stopped");
      expect(await unauthorized(page)).toBe(1);
      const asked = push.requests.length;
      expect(push.requestsFor("/push/info").length - before).toBeLessThanOrEqual(6);
      await page.clock.runFor(60_000);
      expect(push.requests.slice(asked)).toEqual([]);
    });
  }
  await page.close();
  await other.close();
});

test("a snippet that is sent to a lack of privileges is forbidden, and the session goes on", async ({
  page,
  push,
  allow,
}) => {
  allow(FAILED);
  for (const [index, path] of [
    "/insufficient-privileges",
    "/site/@@insufficient-privileges",
    "/insufficient-privileges/?came_from=x",
    "/site/folder/document/insufficient-privileges",
    "/VirtualHostRoot/@@insufficient-privileges?came_from=http%3A//x/doc%3Fa%3D1&next=/",
  ].entries()) {
    await test.step(path, async () => {
      const url = `/forbidden/${index}`;
      push.snippet(url, redirect(path));
      push.snippet(path.split("?")[0] ?? "", '<p id="preview">Insufficient Privileges</p>');
      push.snippet("/doc/2", '<div id="other">ready</div>');
      const body = placeholder("preview", url) + placeholder("other", "/doc/2");
      const socket = await opened(page, push, { ...upToDate(push), body });
      push.broadcast({ url });
      await nextEvent(page, "pat-inject-async-unauthorized");
      await expect(page.locator("#preview")).not.toContainText("Insufficient");
      // As after 403, it is not asked for again, and everything else is.
      socket.send({ type: "welcome", position: push.position, recovered: false });
      await expect(page.locator("#other")).toHaveText("ready");
      await push.settled(page);
      expect(push.requestsFor(url)).toHaveLength(1);
      expect(await unauthorized(page)).toBe(0);
    });
  }
});

test("while push is away, an expired session is found once, and polling ends", async ({ page, push, allow }) => {
  allow(FAILED);
  await holdClock(page);
  push.snippet("/push/info", { status: 503 });
  push.snippet("/doc/1", redirect("/login"));
  push.snippet("/login", LOGIN_FORM);
  await page.goto(push.page("/", libraryPage({ body: placeholder("preview", "/doc/1") })));
  await pass(page, push, 150); // more than twice the longest time between two
  expect(push.requestsFor("/doc/1").length).toBe(1);
  expect(await unauthorized(page)).toBe(1);
  await expect(page.locator("#preview")).toHaveText("This could not be loaded.");
});

test("the target of a refused message shows that something is wrong", async ({ page, push, allow }) => {
  allow(FAILED);
  push.snippet("/doc/1", { status: 403 });
  await opened(page, push, { body: TARGET });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await expect(page.locator("#target")).toHaveClass(/is-error/);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

tabs.describe("after a login in another tab, when the page is looked at", () => {
  tabs("a connection that was refused comes back, and with it what was missed", async ({ page, push, allow }) => {
    allow(FAILED);
    const socket = await opened(page, push, { body: LIST });
    push.broadcast(item("before"));
    await expect(items(page)).toHaveText(["before"]);
    const info = endSession(push, socket);
    await expectState(page, "stopped");

    const login = await hide(page);
    info.answer = INFO;
    push.broadcast(item("meanwhile"));
    expect(push.sockets).toHaveLength(1);
    await lookAt(page, login);
    await push.nextSocket();
    await expectState(page, "open");
    await expect(items(page)).toHaveText(["before", "meanwhile"]);
  });

  tabs("one that was refused at /info comes back", async ({ page, push, allow }) => {
    allow(FAILED);
    let loggedIn = false;
    push.snippet("/push/info", () => (loggedIn ? INFO : { status: 401 }));
    push.snippet("/doc/1", '<div id="preview">ready</div>');
    await page.goto(push.page("/", libraryPage({ body: placeholder("preview", "/doc/1") })));
    await expectState(page, "stopped");
    const login = await hide(page);
    loggedIn = true;
    await lookAt(page, login);
    await expectState(page, "open");
    await expect(page.locator("#preview")).toHaveText("ready");
  });

  tabs("a placeholder whose snippet was refused is fetched", async ({ page, push, allow }) => {
    // The connection is not closed: not every gateway asks again whose session it serves.
    allow(FAILED);
    await loadDice(page, 0);
    push.snippet("/login", LOGIN_FORM);
    const snippet = push.snippet("/doc/1", redirect("/login"));
    const body = placeholder("preview", "/doc/1");
    await opened(page, push, { ...upToDate(push), body });
    push.broadcast({ url: "/doc/1" });
    await nextEvent(page, "pat-inject-async-unauthorized");

    const login = await hide(page);
    snippet.answer = '<div id="preview">ready</div>';
    await lookAt(page, login);
    await expect(page.locator("#preview")).toHaveText("ready");
  });

  tabs("a message whose snippet was refused reaches its target", async ({ page, push, allow }) => {
    // The server has sent it and will not send it again: only the page knows that it is owed.
    allow(FAILED);
    const snippet = push.snippet("/doc/1", { status: 401 });
    const socket = await opened(page, push, { body: TARGET });
    push.broadcast({ url: "/doc/1", inject: "target: #target" });
    await nextEvent(page, "pat-inject-async-unauthorized");
    const info = endSession(push, socket);
    await expectState(page, "stopped");

    const login = await hide(page);
    info.answer = INFO;
    snippet.answer = "<p>new</p>";
    await lookAt(page, login);
    await expectState(page, "open");
    await expect(page.locator("#target")).toHaveText("new");
  });
});

/** The server says so, and lets nobody in. */
function endSession(push: PushServer, socket: PushSocket): Snippet {
  const info = push.snippet("/push/info", { status: 401 });
  socket.close(4401, "session over");
  return info;
}

function redirect(Location: string): Reply {
  return { status: 302, headers: { Location } };
}

/** Whatever is redirected to ends at a page that says who it is by its address alone. */
function serveLoginPages(push: PushServer): void {
  for (const [, answer] of REFUSALS) {
    const location = typeof answer === "object" ? answer.headers?.["Location"] : undefined;
    if (location !== undefined) push.snippet(location.split("?")[0] ?? "", '<p id="target">Please log in</p>');
  }
}

async function unauthorized(page: Page): Promise<number> {
  return (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-unauthorized").length;
}
