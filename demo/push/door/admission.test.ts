import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { call, UPGRADE } from "../test-support/browser.ts";
import { newSession, startSite } from "../test-support/site.ts";

const RECEIVERS = ["xhr", "xhr_streaming", "xhr_send"] as const;

describe("who is not logged in", () => {
  test("is refused with 401 on every transport, and on /info", async (t) => {
    const { origin, plone } = await startSite(t);
    const page = { Origin: origin };
    assert.equal((await call("GET", `${origin}/push/info`, page)).status, 401);
    assert.equal((await call("GET", `${origin}/push`, page)).status, 401);
    for (const transport of RECEIVERS) {
      assert.equal((await call("POST", `${origin}${newSession(transport)}`, page)).status, 401, transport);
    }
    assert.equal((await call("GET", `${origin}${newSession("eventsource")}`, page)).status, 401);
    for (const path of [newSession("websocket"), "/push/websocket"]) {
      assert.equal((await call("GET", `${origin}${path}`, { ...page, ...UPGRADE })).status, 401, path);
    }
    assert.equal(plone.asked, 0, "who has no cookie is anonymous without asking");
  });

  test("with a cookie that Plone does not know is refused with 401", async (t) => {
    const { origin, as, plone } = await startSite(t);
    assert.equal((await call("GET", `${origin}/push/info`, as("nobody"))).status, 401);
    assert.equal(plone.asked, 1);
  });

  test("cannot be told while Plone does not answer: 503, and one line in the log, without the cookie", async (t) => {
    const { origin, as, plone, log } = await startSite(t);
    plone.up = false;
    assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 503);
    assert.equal((await call("GET", `${origin}${newSession("websocket")}`, { ...as("jane"), ...UPGRADE })).status, 503);
    assert.equal(log.length, 2);
    assert.match(log.join(), /expected status 200, found 502/);
    assert.doesNotMatch(log.join(), /__ac/);
  });
});

describe("who cannot have a stream", () => {
  test("because of an id that is too long, or is no text, is refused with 403, and the log says so", async (t) => {
    const { origin, as, plone, log } = await startSite(t);
    plone.users.set("__ac=long", "x".repeat(1025)).set("__ac=half", "half of a pair: \ud83d");
    for (const user of ["long", "half"]) {
      assert.equal((await call("GET", `${origin}/push/info`, as(user))).status, 403);
      const upgrade = { ...as(user), ...UPGRADE };
      assert.equal((await call("GET", `${origin}${newSession("websocket")}`, upgrade)).status, 403);
    }
    const line = /^push: refused a user who cannot have a stream, with the id "(?:x{100}|half of a pair: \\ud83d)"$/;
    assert.equal(log.filter((it) => line.test(it)).length, 4, log.join("\n"));
    plone.users.set("__ac=jane", "x".repeat(1024));
    assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 200);
  });
});

describe("a page of another origin", () => {
  const foreign = (origin: string) => [
    "https://evil.example",
    `${origin}.evil.example`,
    `${origin}0`,
    `${origin}/`,
    `${origin}@evil.example`,
    origin.replace("127.0.0.1", "127.0.0.10"),
    origin.replace("127.0.0.1", "localhost"),
    origin.toUpperCase(),
    `${origin}, ${origin}`,
    "null",
    "",
  ];

  test("is refused with 403 on every request, look-alikes too, without CORS headers and without asking Plone", async (t) => {
    const { origin, as, plone } = await startSite(t);
    for (const other of foreign(origin)) {
      const headers = { ...as("jane"), Origin: other };
      for (const [method, path, more] of [
        ["GET", "/push/info", {}],
        ["OPTIONS", "/push/info", {}],
        ["POST", newSession("xhr"), {}],
        ["GET", newSession("eventsource"), {}],
        ["GET", newSession("websocket"), UPGRADE],
        ["GET", "/push/websocket", UPGRADE],
      ] as const) {
        const answer = await call(method, `${origin}${path}`, { ...headers, ...more });
        assert.equal(answer.status, 403, `${method} ${path} from ${other}`);
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
      }
    }
    assert.equal(plone.asked, 0);
  });

  test("is refused although the browser sent no Origin but says that it is cross-site", async (t) => {
    const { origin } = await startSite(t);
    for (const site of ["cross-site", "same-site", "none"]) {
      const answer = await call("GET", `${origin}/push/info`, { Cookie: "__ac=jane", "Sec-Fetch-Site": site });
      assert.equal(answer.status, 403, site);
    }
  });

  test("may be named as the origin the browser sees, and then it is the only one", async (t) => {
    const allowedOrigins = ["https://plone.example.org"];
    const { origin, as } = await startSite(t, { allowedOrigins });
    const from = async (page: string) =>
      (await call("GET", `${origin}/push/info`, { ...as("jane"), Origin: page })).status;
    assert.equal(await from("https://plone.example.org"), 200);
    assert.equal(await from("https://plone.example.org.evil.example"), 403);
    assert.equal(await from("http://plone.example.org"), 403);
    assert.equal(await from(origin), 403);
  });
});

describe("a request without an Origin", () => {
  test("is a GET of our own page, as browsers send it", async (t) => {
    const { origin } = await startSite(t);
    const cookie = { Cookie: "__ac=jane" };
    assert.equal((await call("GET", `${origin}/push/info`, cookie)).status, 200);
    assert.equal(
      (await call("GET", `${origin}/push/info`, { ...cookie, "Sec-Fetch-Site": "same-origin" })).status,
      200,
    );
  });

  test("is refused for POSTs and for WebSockets", async (t) => {
    const { origin } = await startSite(t);
    const cookie = { Cookie: "__ac=jane" };
    for (const transport of RECEIVERS) {
      assert.equal((await call("POST", `${origin}${newSession(transport)}`, cookie)).status, 403, transport);
    }
    for (const path of [newSession("websocket"), "/push/websocket"]) {
      assert.equal((await call("GET", `${origin}${path}`, { ...cookie, ...UPGRADE })).status, 403, path);
    }
  });
});

describe("what is not served", () => {
  test("transports made for other sites are not found", async (t) => {
    const { origin, as } = await startSite(t);
    for (const path of [
      `${newSession("jsonp")}?c=callback`,
      `${newSession("htmlfile")}?c=callback`,
      "/push/iframe.html",
      "/push/iframe-1.6.1.html",
      "/push/000/constructor/eventsource",
      "/push/000/__proto__/eventsource",
      "/push/..%2f/x/eventsource",
      "/push/nonsense",
    ]) {
      assert.equal((await call("GET", `${origin}${path}`, as("jane"))).status, 404, path);
    }
    assert.equal((await call("POST", `${origin}${newSession("jsonp_send")}`, as("jane"), "d=[]")).status, 404);
  });

  test("other paths are left to others, upgrades among them", async (t) => {
    const { origin, as } = await startSite(t);
    assert.equal((await call("GET", `${origin}/elsewhere`, {})).body, "not the gateway's");
    assert.equal((await call("GET", `${origin}/pushy/info`, as("jane"))).status, 404);
    assert.equal((await call("GET", `${origin}/elsewhere`, UPGRADE)).status, 404, "nobody else takes upgrades here");
  });

  test("an upgrade that is not to today's WebSocket is refused", async (t) => {
    const { origin, as } = await startSite(t);
    const upgrade = async (path: string, more: Record<string, string>) =>
      (await call("GET", `${origin}${path}`, { ...as("jane"), ...UPGRADE, ...more })).status;
    assert.equal(await upgrade(newSession("websocket"), { "Sec-WebSocket-Version": "8" }), 426);
    assert.equal(await upgrade(newSession("websocket"), { Upgrade: "h2c" }), 426);
    assert.equal(await upgrade("/push/info", {}), 400);
  });

  test("a body that is too long, or does not say how long it is", async (t) => {
    const { origin, as } = await startSite(t);
    const url = `${origin}${newSession("xhr_send")}`;
    assert.equal((await call("POST", url, as("jane"), "x".repeat(64 * 1024 + 1))).status, 413);
    const chunked = { ...as("jane"), "Transfer-Encoding": "chunked" };
    assert.equal((await call("POST", url, chunked, "[]")).status, 411);
  });
});
