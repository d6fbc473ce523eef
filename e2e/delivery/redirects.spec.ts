/** Answers that send the browser elsewhere: to a login page, to another origin, to another name of the same. */
import { test as base, expect, nextEvent } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import { type PushServer, startPushServer } from "../support/push-server.ts";

const test = base.extend<{ other: PushServer }>({
  /** A server that is another origin. */
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  other: async ({}, use) => {
    const other = await startPushServer();
    await use(other);
    await other.close();
  },
});

const BODY = '<p id="b">old</p>';

test("a redirect to a login page means that the session is over", async ({ page, push }) => {
  for (const location of [
    ...["/login?came_from=/doc/1", "/folder/@@login", "/logged-out", "/@@confirm-action?original_url=x"],
    "/acl_users/credentials_cookie_auth/require_login",
  ]) {
    await test.step(location, async () => {
      push.snippet("/doc/1", { status: 302, headers: { Location: location } });
      push.snippet(location.split("?")[0] ?? "", '<body><p id="b">Please log in</p></body>');
      // The page is loaded anew for each: what is over is over until the user comes back.
      const socket = await opened(page, push, { body: BODY });
      const before = push.requestsFor("/doc/1").length;
      socket.send({ url: "/doc/1" });
      expect(await nextEvent(page, "pat-inject-async-unauthorized")).toMatchObject({ target: "body" });
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText("old");
      expect(push.requestsFor("/doc/1").length - before).toBe(1);
    });
  }
});

for (const [name, allowed] of [
  ["lets everybody read its answers", true],
  ["lets nobody read its answers", false],
] as const) {
  test(`a redirect to an origin that ${name} is not followed, and not injected`, async ({
    page,
    push,
    other,
    allow,
  }) => {
    allow(/CORS|Failed to load resource|Unsafe attempt/); // whichever way the browser stops it
    const headers = {
      "Access-Control-Allow-Origin": push.url,
      "Access-Control-Allow-Credentials": "true",
      "Access-Control-Allow-Headers": "x-requested-with",
    };
    other.snippet("/doc/1", { headers: allowed ? headers : {}, body: "foreign" });
    push.snippet("/doc/1", { status: 302, headers: { Location: `${other.url}/doc/1` } });
    const socket = await opened(page, push, { body: BODY, bodyAttributes: bodyWith("retries: 0") });
    socket.send({ url: "/doc/1", inject: "target: #b" });
    await nextEvent(page, "pat-inject-async-unauthorized");
    await expect(page.locator("#b")).toHaveText("old");
    await expect(page.locator("#b")).toHaveClass("is-error");
    expect(other.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });
}

test("a redirect within the origin is followed", async ({ page, push }) => {
  push.snippet("/old-name", { status: 301, headers: { Location: "/new-name" } });
  push.snippet("/new-name", "new");
  const socket = await opened(page, push, { body: BODY });
  socket.send({ url: "/old-name", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("new");
});

test("a session that is over is recognised although the server was down at first", async ({ page, push, allow }) => {
  allow(/Failed to load resource|ERR_|Unsafe attempt|has been blocked by CORS/);
  await loadDice(page, 0);
  const elsewhere = { status: 302, headers: { Location: "http://localhost:1/" } };
  let isUp = false;
  push.snippet("/doc/1", () => {
    const answer = isUp ? elsewhere : { status: 503 };
    isUp = true;
    return answer;
  });
  const socket = await opened(page, push, { body: BODY });
  socket.send({ url: "/doc/1", inject: "target: #b" });
  const { detail } = await nextEvent(page, "pat-inject-async-unauthorized");
  expect(detail["reason"]).toMatch(/expected a snippet, was sent to another site/);
});

/** Where the browser cannot follow, there is a common login as a rule. */
for (const [where, location] of [
  ["an origin that nobody serves", "http://localhost:1/"],
  ["itself", "/doc/1"],
] as const) {
  test(`a redirect to ${where} counts as a session that is over`, async ({ page, push, allow }) => {
    allow(/Failed to load resource|ERR_|Unsafe attempt|has been blocked by CORS/);
    push.snippet("/doc/1", { status: 302, headers: { Location: location } });
    const socket = await opened(page, push, { body: BODY });
    socket.send({ url: "/doc/1", inject: "target: #b" });
    const { detail } = await nextEvent(page, "pat-inject-async-unauthorized");
    expect(detail["reason"]).toMatch(/expected a snippet, was sent to another site/);
    await expect(page.locator("#b")).toHaveText("old");
    await expect(page.locator("#b")).toHaveClass("is-error");
  });
}
