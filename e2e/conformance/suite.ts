/**
 * What PROTOCOL.md asks of a push server, as tests against one that runs: whatever it is written in, whatever is behind it.
 *
 * Each test has users of its own where the suite says who is who; with two real users the tests run one after the other.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { comparePositions } from "../../src/ground/protocol.ts";
import { Browser, status, TRANSPORTS, UPGRADE } from "./browser.ts";
import type { ConformanceOptions } from "./options.ts";
import { commandPublisher, type Publisher, redisPublisher } from "./publisher.ts";
import { Whoami } from "./whoami.ts";

interface User {
  readonly id: string;
  readonly browser: Browser;
}

export function conformance(options: ConformanceOptions): void {
  const { endpoint, origin, redis, publish: command, whoamiPort, maxSockets, heartbeatSeconds } = options;
  const publisher: Publisher = redis === undefined ? commandPublisher(command ?? "") : redisPublisher(redis);
  const whoami = new Whoami();
  const withoutWhoami = whoamiPort === undefined && "who is who is not the suite's to say: --whoami";
  const withoutStreams = publisher.publishText === undefined && "the streams are not the suite's to change: --redis";
  const url = (path: string) => `${endpoint.href}${path}`;
  const session = (transport: string) => url(`/000/${randomUUID()}/${transport}`);
  const publish = (user: User, message: unknown) => publisher.publish(user.id, message);
  const named = (n: number | string) => ({ url: `/doc/${n}/@@snippet`, inject: `target: #doc-${n}` });
  let users = 0;

  /** A user of the test's own, or else the first or second of those that there are. */
  async function person(t: TestContext, which: 0 | 1 = 0): Promise<User> {
    const id = whoamiPort === undefined ? [...options.cookies.keys()][which] : `conformance-${randomUUID()}`;
    assert.ok(id !== undefined);
    const cookie = options.cookies.get(id) ?? `__ac="${id}"; other=1`;
    if (whoamiPort !== undefined) whoami.users.set(cookie, id);
    users += 1;
    const browser = new Browser(endpoint, origin, cookie);
    await browser.start();
    t.after(() => browser.close());
    return { id, browser };
  }

  /** The user's newest position. */
  async function newest({ browser }: User): Promise<string> {
    const { socket, welcome } = await browser.resumed(null);
    socket.close();
    return String(welcome["position"]);
  }

  /** The positions are those of messages, which come in order. */
  function assertMessages(messages: readonly Readonly<Record<string, unknown>>[], names: readonly (number | string)[]) {
    assert.deepEqual(
      messages.map(({ id: _, ...message }) => message),
      names.map((name) => ({ type: "inject", ...named(name) })),
    );
    const ids = messages.map(({ id }) => String(id));
    for (const [index, id] of ids.slice(1).entries()) {
      assert.ok(comparePositions(id, ids[index] ?? "") > 0, `expected positions that increase, found ${ids}`);
    }
  }

  before(async () => {
    if (whoamiPort !== undefined) await whoami.listen(whoamiPort);
  });
  after(async () => {
    await publisher.close();
    if (whoamiPort !== undefined) await whoami.close();
    assert.ok(users > 0);
  });

  describe("a push server", { concurrency: whoamiPort === undefined ? 1 : 8 }, () => {
    describe("before a connection opens", () => {
      test("lets in who is logged in, from the site's own pages", async (t) => {
        const { cookie } = (await person(t)).browser;
        assert.equal(await status("GET", url("/info"), { Cookie: cookie }), 200);
        const response = await fetch(url("/info"), { headers: { Cookie: cookie, Origin: origin } });
        assert.equal(response.status, 200);
        const info: unknown = await response.json();
        assert.ok(typeof info === "object" && info !== null && "websocket" in info, "SockJS's own answer");
      });

      const requests: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
        ["/info", "GET", url("/info"), {}],
        ["a WebSocket", "GET", session("websocket"), UPGRADE],
        ["xhr_streaming", "POST", session("xhr_streaming"), {}],
        ["eventsource", "GET", session("eventsource"), {}],
        ["xhr", "POST", session("xhr"), {}],
      ];
      for (const [name, method, address, headers] of requests) {
        test(`refuses at ${name} who is not logged in with 401 or 403, or sends them to the login`, async () => {
          for (const Cookie of [undefined, `__ac="nobody ${randomUUID()}"`]) {
            const found = await status(method, address, { ...headers, Cookie, Origin: origin });
            assert.ok([401, 403, 302, 303, 307].includes(found), `found ${found}`);
          }
        });

        test(`refuses at ${name} the pages of other sites with 403, whoever is logged in`, async (t) => {
          const { cookie } = (await person(t)).browser;
          const { protocol, host } = new URL(origin);
          const others = [
            "null",
            "https://evil.example",
            `${origin}.evil.example`,
            `${protocol}//x.${host}`,
            `${origin}/`,
          ];
          for (const Origin of others) {
            const found = await status(method, address, { ...headers, Cookie: cookie, Origin });
            assert.equal(found, 403, Origin);
          }
        });
      }

      test("refuses WebSockets and POSTs without an Origin with 403", async (t) => {
        const { cookie: Cookie } = (await person(t)).browser;
        assert.equal(await status("GET", session("websocket"), { ...UPGRADE, Cookie }), 403);
        for (const transport of ["xhr", "xhr_streaming"]) {
          assert.equal(await status("POST", session(transport), { Cookie }), 403, transport);
        }
      });

      test("keeps a session to the user who opened it", async (t) => {
        const [jane, joe] = [await person(t, 0), await person(t, 1)];
        const address = session("xhr");
        const as = ({ browser }: User) => ({ Cookie: browser.cookie, Origin: origin });
        assert.equal(await status("POST", address, as(jane)), 200);
        const resume = JSON.stringify([JSON.stringify({ type: "resume", position: null })]);
        for (const [method, transport, body, more] of [
          ["POST", "xhr", undefined, {}],
          ["POST", "xhr_send", resume, {}],
          ["POST", "xhr_streaming", undefined, {}],
          ["GET", "eventsource", undefined, {}],
        ] as const) {
          const found = await status(method, address.replace(/xhr$/, transport), { ...as(joe), ...more }, body);
          assert.equal(found, 403, transport);
        }
        assert.equal(
          await status("POST", `${address}_send`, as(jane), resume),
          204,
          "and still does for who opened it",
        );
      });

      test("says 5xx, not 401, while it cannot find out who is who", { skip: withoutWhoami }, async (t) => {
        const { cookie } = (await person(t)).browser;
        whoami.unknowable.add(cookie);
        const found = await status("GET", url("/info"), { Cookie: cookie, Origin: origin });
        assert.ok(found >= 500, `found ${found}`);
        whoami.unknowable.delete(cookie);
      });
    });

    describe("over each transport", () => {
      for (const transport of TRANSPORTS) {
        test(`${transport}: answers a resume, and delivers`, async (t) => {
          const jane = await person(t);
          const { socket, welcome } = await jane.browser.resumed(null, transport);
          assert.equal(welcome["type"], "welcome");
          assert.equal(welcome["recovered"], true);
          for (const n of [1, 2, 3]) await publish(jane, named(n));
          const messages = await socket.take(3);
          assertMessages(messages, [1, 2, 3]);
          const position = String(welcome["position"]);
          assert.ok(comparePositions(String(messages[0]?.["id"]), position) > 0, `expected one after ${position}`);
        });

        test(`${transport}: is heard at least every ${heartbeatSeconds} seconds`, async (t) => {
          const { browser } = await person(t);
          const socket = browser.open(transport);
          await socket.opened;
          const late = sleep(heartbeatSeconds * 1000, "late", { ref: false });
          assert.equal(await Promise.race([socket.heartbeat, late]), undefined);
        });
      }
    });

    describe("with streams", () => {
      test("keeps each user's messages to that user", async (t) => {
        const [jane, joe] = [await person(t, 0), await person(t, 1)];
        const [{ socket: janes }, { socket: joes }] = [
          await jane.browser.resumed(null),
          await joe.browser.resumed(null),
        ];
        await publish(jane, named("jane"));
        await publish(joe, named("joe"));
        assertMessages([await janes.next()], ["jane"]);
        assertMessages([await joes.next()], ["joe"]);
        assert.deepEqual([...janes.drain(), ...joes.drain()], []);
      });

      test("delivers to all pages of a user", async (t) => {
        const jane = await person(t);
        const pages = await Promise.all(TRANSPORTS.map((transport) => jane.browser.resumed(null, transport)));
        await publish(jane, named(1));
        for (const { socket } of pages) assertMessages([await socket.next()], [1]);
      });

      test("hands a message on as it is: shorthand, markers, long ones, other scripts", async (t) => {
        const jane = await person(t);
        const { socket } = await jane.browser.resumed(null);
        const html = `<p>${"Übergröße ⟨💡⟩\u2028 ".repeat(20_000)}</p>`;
        await publish(jane, "/doc/1/@@snippet");
        await publish(jane, { type: "push", marker: "message_counter" });
        // A command's arguments have a length.
        await publish(jane, { html: redis === undefined ? html.slice(0, 50_000) : html, inject: "target: #ü" });
        const messages = (await socket.take(3)).map(({ id: _, ...message }) => message);
        assert.deepEqual(messages, [
          { type: "inject", url: "/doc/1/@@snippet" },
          { type: "push", marker: "message_counter" },
          { type: "inject", html: redis === undefined ? html.slice(0, 50_000) : html, inject: "target: #ü" },
        ]);
      });

      test("leaves out what is no message, and goes on", { skip: withoutStreams }, async (t) => {
        const jane = await person(t);
        const { socket } = await jane.browser.resumed(null);
        for (const text of ["no JSON", "7", "null", "[]"]) await publisher.publishText?.(jane.id, text);
        await publish(jane, named(1));
        assertMessages([await socket.next()], [1]);
      });

      test("replays what came after a position, in order, and goes on", async (t) => {
        const jane = await person(t);
        const first = await jane.browser.resumed(null);
        const names = Array.from({ length: redis === undefined ? 5 : 350 }, (_, n) => n);
        for (const n of names) await publish(jane, named(n));
        const before = await first.socket.take(names.length);
        first.socket.close();
        const from = before[1]?.["id"];
        const { socket, welcome } = await jane.browser.resumed(String(from));
        assert.deepEqual(welcome, { type: "welcome", position: before.at(-1)?.["id"], recovered: true });
        await publish(jane, named("live"));
        assertMessages(await socket.take(names.length - 1), [...names.slice(2), "live"]);
      });

      test("replays to a page that was rendered before there was a message", async (t) => {
        const jane = await person(t);
        const rendered = await newest(jane);
        await publish(jane, named(1));
        const { socket, welcome } = await jane.browser.resumed(rendered);
        assert.equal(welcome["recovered"], true);
        assertMessages([await socket.next()], [1]);
      });

      test("loses and doubles nothing when a connection is cut in the middle", async (t) => {
        const jane = await person(t);
        let { socket, welcome } = await jane.browser.resumed(null);
        const names = Array.from({ length: 60 }, (_, n) => n);
        const messages: Readonly<Record<string, unknown>>[] = [];
        const published = (async () => {
          for (const n of names) await publish(jane, named(n));
        })();
        for (let round = 0; round < 4; round += 1) {
          messages.push(...(await socket.take(5)));
          const gone = socket;
          jane.browser.cut();
          await gone.end();
          ({ socket, welcome } = await jane.browser.resumed(String(messages.at(-1)?.["id"])));
          assert.equal(welcome["recovered"], true);
        }
        await published;
        messages.push(...(await socket.take(names.length - messages.length)));
        assertMessages(messages, names);
      });

      test("sends a page that was rendered just now nothing old", async (t) => {
        const jane = await person(t);
        await publish(jane, named("old"));
        const { socket, welcome } = await jane.browser.resumed(null);
        await publish(jane, named("new"));
        const message = await socket.next();
        assertMessages([message], ["new"]);
        assert.ok(comparePositions(String(message["id"]), String(welcome["position"])) > 0);
      });

      test("puts what comes between open and resume where it belongs", async (t) => {
        const jane = await person(t);
        const position = await newest(jane);
        const socket = jane.browser.open();
        await socket.opened;
        await publish(jane, named(1));
        socket.resume(position);
        // A message that overtakes the welcome is held by the browser, and may come once more after it.
        const [first, second] = await socket.take(2);
        const [welcome, message] = first?.["type"] === "welcome" ? [first, second] : [second, first];
        assert.deepEqual([welcome?.["type"], welcome?.["recovered"]], ["welcome", true]);
        assertMessages([message ?? {}], [1]);
      });

      test("sends a browser that does not resume what is new", async (t) => {
        const jane = await person(t);
        const socket = jane.browser.open();
        await socket.opened;
        await newest(jane);
        await publish(jane, named(1));
        assertMessages([await socket.next()], [1]);
      });

      const gaps: readonly (readonly [string, (user: User) => Promise<unknown>])[] = [
        ["that is none", async () => "yesterday"],
        ["from the future", async () => "18446744073709551614-0"],
        ["that is empty", async () => ""],
        ["beyond 64 bits", async (user) => (await newest(user)).replace(/\d+$/, "99999999999999999999")],
        ["of another epoch", async () => "1-1"],
      ];
      for (const [name, position] of gaps) {
        test(`says that it cannot bridge a position ${name}, replays nothing, and goes on`, async (t) => {
          const jane = await person(t);
          await publish(jane, named("old"));
          const socket = jane.browser.open();
          await socket.opened;
          socket.resume(await position(jane));
          const welcome = await socket.next();
          assert.equal(welcome["type"], "welcome");
          assert.equal(welcome["recovered"], false);
          await publish(jane, named("new"));
          const message = await socket.next();
          assertMessages([message], ["new"]);
          assert.ok(comparePositions(String(message["id"]), String(welcome["position"])) > 0, "after the welcome");
        });
      }

      test("says that it cannot bridge what it does not keep any more", { skip: withoutStreams }, async (t) => {
        const jane = await person(t);
        const rendered = await newest(jane);
        const first = await jane.browser.resumed(rendered);
        for (const n of [1, 2, 3]) await publish(jane, named(n));
        const messages = await first.socket.take(3);
        first.socket.close();
        await publisher.forget?.(jane.id);
        const position = messages[2]?.["id"];
        for (const from of [rendered, String(messages[0]?.["id"])]) {
          const { socket, welcome } = await jane.browser.resumed(from);
          assert.deepEqual(welcome, { type: "welcome", position, recovered: false });
          socket.close();
        }
        const { welcome } = await jane.browser.resumed(String(position));
        assert.deepEqual(welcome, { type: "welcome", position, recovered: true });
      });
    });

    describe("with browsers that do not behave", () => {
      test("answers a resume after messages that are none", async (t) => {
        const jane = await person(t);
        const socket = jane.browser.open();
        await socket.opened;
        for (const text of ["no JSON", "{}", '{"type":"resume","position":7}']) socket.send(text);
        socket.resume(null);
        assert.equal((await socket.next())["type"], "welcome");
      });

      test("closes a connection with 4400 on which too much is of no protocol", async (t) => {
        const { browser } = await person(t);
        const socket = browser.open();
        await socket.opened;
        for (let n = 0; n < 200; n += 1) socket.send("{}");
        assert.equal(await socket.end(), 4400);
        await browser.resumed(null);
      });

      test("closes one connection more than a user may have with 4429, and no other user's", {
        skip: maxSockets === undefined && "the limit is not known: --max-sockets",
      }, async (t) => {
        const [jane, joe] = [await person(t, 0), await person(t, 1)];
        const sockets = [];
        for (let n = 0; n < (maxSockets ?? 0); n += 1) sockets.push((await jane.browser.resumed(null)).socket);
        assert.equal(await jane.browser.open().end(), 4429);
        await joe.browser.resumed(null);
        sockets[0]?.close();
        await sockets[0]?.end();
        // The server may hear of it a moment later.
        for (;;) {
          const socket = jane.browser.open();
          await socket.opened.catch(() => {});
          socket.resume(null);
          const code = await Promise.race([socket.next().then(() => 0), socket.closed]);
          if (code === 0) return;
          assert.equal(code, 4429);
        }
      });
    });

    describe("when a session ends", { skip: withoutWhoami }, () => {
      const within = async (socket: { readonly closed: Promise<number> }) => {
        const late = sleep(options.recheckSeconds * 1000, "still open", { ref: false });
        return Promise.race([socket.closed, late]);
      };

      test("closes its connections, all transports, and the door is shut; other users stay", async (t) => {
        const [jane, joe] = [await person(t, 0), await person(t, 1)];
        const pages = await Promise.all(TRANSPORTS.map((transport) => jane.browser.resumed(null, transport)));
        const { socket: other } = await joe.browser.resumed(null);
        whoami.users.delete(jane.browser.cookie);
        for (const { socket } of pages) {
          const code = await within(socket);
          assert.ok(code === 4503 || code === 4401, `expected 4503, or 4401 after a logout, found ${code}`);
        }
        const found = await status("GET", url("/info"), { Cookie: jane.browser.cookie, Origin: origin });
        assert.ok([401, 403].includes(found), `found ${found}`);
        await publish(joe, named(1));
        assertMessages([await other.next()], [1]);
      });

      test("lets in a cookie that was refreshed meanwhile, and replays", async (t) => {
        const jane = await person(t);
        const { socket, welcome } = await jane.browser.resumed(null);
        whoami.users.delete(jane.browser.cookie);
        jane.browser.cookie = `__ac="${jane.id} refreshed"`;
        whoami.users.set(jane.browser.cookie, jane.id);
        assert.equal(await within(socket), 4503);
        await publish(jane, named(1));
        const again = await jane.browser.resumed(String(welcome["position"]));
        assert.equal(again.welcome["recovered"], true);
        assertMessages([await again.socket.next()], [1]);
      });

      test("closes the connections of a cookie that is someone else's by now", async (t) => {
        const [jane, joe] = [await person(t, 0), await person(t, 1)];
        const { socket } = await jane.browser.resumed(null);
        whoami.users.set(jane.browser.cookie, joe.id);
        assert.equal(await within(socket), 4503);
      });
    });
  });
}
