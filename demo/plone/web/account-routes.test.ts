import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deriveKey } from "../../secret.ts";
import { Tickets } from "../accounts/ticket.ts";
import { SECRET, startSite } from "../test-support/site.ts";

describe("login", () => {
  test("shows the demo accounts, and sends the user with a ticket to the workspace", async (t) => {
    const site = await startSite(t);
    const visitor = site.visitor();
    assert.match(await visitor.read("/login"), /<code>jane<\/code>.*<code>joe<\/code>/s);
    const response = await visitor.logIn("jane");
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "/workspace");
    const [cookie] = response.headers.getSetCookie();
    assert.match(cookie ?? "", /^__ac=.*; Max-Age=7200; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/);
    assert.match(await visitor.read("/workspace"), /Jane Doe/);
  });

  test("goes back to where the user came from, on this site", async (t) => {
    const site = await startSite(t);
    const redirect = await site.visitor().get("/workspace/0123456789abcdef?a=b");
    assert.equal(redirect.status, 302);
    assert.equal(redirect.headers.get("location"), "/login?came_from=%2Fworkspace%2F0123456789abcdef%3Fa%3Db");
    const login = async (cameFrom: string) =>
      (await site.visitor().logIn("jane", "jane", cameFrom)).headers.get("location");
    assert.equal(await login("/workspace/0123456789abcdef?a=b"), "/workspace/0123456789abcdef?a=b");
    assert.equal(await login("//evil.example/"), "/workspace");
    assert.equal(await login("https://evil.example/"), "/workspace");
  });

  test("with a wrong name or password says so, keeps the name, and gives no ticket", async (t) => {
    const site = await startSite(t);
    for (const [name, password] of [
      ["jane", "joe"],
      ['"><script>', "x"],
      ["", ""],
    ] as const) {
      const response = await site.visitor().logIn(name, password);
      const page = await response.text();
      assert.equal(response.status, 401);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.match(page, /do not match/);
      assert.doesNotMatch(page, /<script>/);
    }
  });
});

describe("whoami", () => {
  test("is null for the anonymous and the forged, and the id for the user, quoted cookie or not", async (t) => {
    const site = await startSite(t);
    const visitor = site.visitor();
    const whoami = async () => JSON.parse(await visitor.read("/@@whoami"));
    assert.deepEqual(await whoami(), { id: null });
    await visitor.logIn("jane");
    assert.deepEqual(await whoami(), { id: "jane" });
    assert.equal((await visitor.get("/@@whoami")).headers.get("cache-control"), "no-store");
    const { cookie } = visitor;
    visitor.cookie = `other=1; __ac="${decodeURIComponent(cookie.slice("__ac=".length))}"`;
    assert.deepEqual(await whoami(), { id: "jane" }, "as Zope writes it");
    for (const forged of [`${cookie}A`.replace("__ac=", "__ac=A"), "__ac=%", "__ac=jane", "__ac="]) {
      visitor.cookie = forged;
      assert.deepEqual(await whoami(), { id: null }, forged);
    }
  });

  test("is null for a ticket that has expired, or whose user is gone", async (t) => {
    const site = await startSite(t);
    const visitor = site.visitor();
    const key = deriveKey(SECRET, "ticket");
    const hoursAgo = (hours: number) => () => Date.now() - hours * 60 * 60 * 1000;
    for (const [ticket, id] of [
      [new Tickets(key, hoursAgo(1)).issue("jane"), "jane"],
      [new Tickets(key, hoursAgo(2)).issue("jane"), null],
      [new Tickets(key).issue("bill"), null],
    ] as const) {
      visitor.cookie = `__ac=${ticket}`;
      assert.deepEqual(JSON.parse(await visitor.read("/@@whoami")), { id });
    }
  });
});

describe("logout", () => {
  test("takes the cookie away and ends the ticket, for whoever has a copy of it too", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const elsewhere = await site.logIn("jane");
    const response = await jane.post("/logout", { _authenticator: await jane.authenticator() });
    assert.equal(response.status, 302);
    assert.match(response.headers.getSetCookie()[0] ?? "", /^__ac=; .*Expires=Thu, 01 Jan 1970/);
    assert.equal(await jane.read("/@@whoami"), '{"id":null}');
    assert.equal(await elsewhere.read("/@@whoami"), '{"id":"jane"}', "her other browser stays logged in");
  });

  test("needs no authenticator from a script, which sends no Origin", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    assert.equal((await jane.post("/logout", {})).status, 302);
    assert.equal(await jane.read("/@@whoami"), '{"id":null}');
  });

  test("has the browser forget what it has kept", async (t) => {
    const site = await startSite(t);
    const response = await (await site.logIn("jane")).post("/logout", {});
    assert.equal(response.headers.get("clear-site-data"), '"cache"');
  });

  test("with a wrong authenticator is refused and does nothing", async (t) => {
    const site = await startSite(t);
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    for (const form of [{ _authenticator: "0".repeat(64) }, { _authenticator: await joe.authenticator() }]) {
      const response = await jane.post("/logout", form);
      assert.equal(response.status, 403);
      assert.match(await response.text(), /out of date, so nothing was done/);
    }
    assert.equal(await jane.read("/@@whoami"), '{"id":"jane"}');
  });
});

describe("a form of another site's page", () => {
  const login = { __ac_name: "jane", __ac_password: "jane" };
  const foreign = [
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const headers of foreign) {
    test(`is refused, whoever its user is: ${JSON.stringify(headers)}`, async (t) => {
      const site = await startSite(t);
      const jane = await site.logIn("jane");
      const form = { _authenticator: await jane.authenticator(), ...login };
      for (const visitor of [jane, site.visitor()]) {
        for (const path of ["/login", "/logout", "/workspace/@@upload", "/@@mark-read", "/nowhere"]) {
          const response = await visitor.post(path, form, headers);
          assert.equal(response.status, 403, path);
          assert.deepEqual(response.headers.getSetCookie(), []);
          assert.match(await response.text(), /a page of another site, so nothing was done/);
        }
      }
      assert.equal(await jane.read("/@@whoami"), '{"id":"jane"}');
    });
  }

  test("is told from our own, also behind a proxy that speaks https, or has another host", async (t) => {
    const site = await startSite(t);
    const { host } = new URL(site.url);
    for (const headers of [
      {},
      { Origin: `http://${host}` },
      { Origin: `https://${host}` },
      { "Sec-Fetch-Site": "same-origin" },
    ]) {
      assert.equal((await site.visitor().post("/login", login, headers)).status, 302, JSON.stringify(headers));
    }
    const proxied = await startSite(t, { siteOrigin: "https://plone.example.org" });
    const from = async (Origin: string) => (await proxied.visitor().post("/login", login, { Origin })).status;
    assert.equal(await from("https://plone.example.org"), 302);
    assert.equal(await from("http://plone.example.org"), 403);
    assert.equal(await from(proxied.url.replace(/\/$/, "")), 403);
  });
});

describe("the cookie", () => {
  test("is for https alone where the site is https", async (t) => {
    const site = await startSite(t, { siteOrigin: "https://plone.example.org" });
    const visitor = site.visitor();
    const set = [await visitor.logIn("jane"), await visitor.post("/logout", {})].flatMap(({ headers }) =>
      headers.getSetCookie(),
    );
    assert.equal(set.length, 2);
    for (const cookie of set) assert.match(cookie, /; Secure/);
  });
});

describe("wrong passwords", () => {
  test("have to wait after a few, and hold up neither another user nor another address", async (t) => {
    const site = await startSite(t);
    // Fifty attempts may take longer than one has to wait.
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const visitor = site.visitor();
    const logIn = (name: string, password: string, address: string) =>
      visitor.post("/login", { __ac_name: name, __ac_password: password }, { "X-Forwarded-For": address });
    for (let n = 0; n < 5; n += 1) assert.equal((await logIn("jane", "guess", "10.0.0.1")).status, 401);
    const held = await Promise.all(Array.from({ length: 50 }, () => logIn("jane", "guess", "10.0.0.1")));
    for (const response of held) assert.equal(response.status, 429);
    assert.match(held[0]?.headers.get("retry-after") ?? "", /^1$/);
    assert.match((await held[0]?.text()) ?? "", /too many wrong passwords/);
    assert.equal((await logIn("jane", "jane", "10.0.0.1")).status, 429, "whether it is right is not told");
    assert.equal((await logIn("joe", "joe", "10.0.0.1")).status, 302);
    assert.equal((await logIn("jane", "jane", "10.0.0.2")).status, 302);
    assert.deepEqual(site.log, ['login: 5 wrong passwords, 0 attempts held back; the last by ["jane","10.0.0.1"]']);
  });
});
