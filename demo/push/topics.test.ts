import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMemoryBus } from "../bus/memory.ts";
import { GRANTS_PURPOSE, Grants } from "../grants.ts";
import { deriveKey } from "../secret.ts";
import { MAX_TOPICS } from "./subscriptions.ts";
import { message, startSite } from "./test-support/site.ts";
import { NEWS, publish, publishNews, resume, settled, subscribe } from "./test-support/subscribe.ts";

const HOUR = 60 * 60 * 1000;
const key = deriveKey("a secret of this test", GRANTS_PURPOSE);
const grants = new Grants(key);
const granted = grants.sign("news", "jane");

describe("a socket whose page was granted a topic", () => {
  test("is welcomed in it after its own stream, and gets its messages", async (t) => {
    const { bus, subscriber, sent } = subscribe(t, { grants });
    subscriber.receive(resume(null, { [granted]: null }));
    await settled();
    await publishNews(bus, "/n");
    await publish(bus, "/a");
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true", "news: welcome 7-0 true", "news: 7-1 /n", "7-1 /a"]);
  });

  test("resumes each stream from a position of its own", async (t) => {
    const bus = createMemoryBus({ now: () => 7 });
    await publish(bus, "/a", "/b");
    await publishNews(bus, "/m", "/n", "/o");
    const { subscriber, sent } = subscribe(t, { grants, bus });
    subscriber.receive(resume("7-1", { [granted]: "7-2" }));
    await settled();
    assert.deepEqual(sent, ["welcome 7-2 true", "7-2 /b", "news: welcome 7-3 true", "news: 7-3 /o"]);
  });

  test("has a gap in one of them alone", async (t) => {
    const { subscriber, sent } = subscribe(t, { grants });
    subscriber.receive(resume("7-0", { [granted]: "6-6" }));
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true", "news: welcome 7-0 false"]);
  });

  test("takes the messages of all streams as there is room, once and in order", async (t) => {
    const { bus, subscriber, sent, take } = subscribe(t, { grants });
    subscriber.receive(resume(null, { [granted]: "7-0" }));
    await take(3);
    await publishNews(bus, "/m", "/n", "/o");
    await settled();
    assert.deepEqual(sent.slice(2), ["news: 7-1 /m"]);
    await take(1);
    await take(5);
    assert.deepEqual(sent.slice(2), ["news: 7-1 /m", "news: 7-2 /n", "news: 7-3 /o"]);
  });

  test("gets nothing of it once the socket is closed", async (t) => {
    const { bus, subscriber, sent } = subscribe(t, { grants });
    subscriber.receive(resume(null, { [granted]: null }));
    await settled();
    subscriber.stop();
    await publishNews(bus, "/n");
    await settled();
    assert.equal(sent.length, 2);
  });

  // The grant goes on for twelve hours; a message comes before that, and one after.
  test("gets nothing of it once the grant has expired, and goes on with its own stream", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const signedNow = grants.sign("news", "jane");
    const { bus, subscriber, sent, log } = subscribe(t, { grants });
    subscriber.receive(resume("7-0", { [signedNow]: "7-0" }));
    await settled();
    t.mock.timers.tick(12 * HOUR - 2000);
    await publishNews(bus, "/m");
    await settled();
    t.mock.timers.tick(2000);
    await publishNews(bus, "/n");
    await publish(bus, "/a");
    await settled();
    assert.deepEqual(sent.slice(2), ["news: 7-1 /m", "7-1 /a"]);
    assert.deepEqual(log, []);
  });
});

describe("a topic that is not granted", () => {
  const cases = [
    ["forged", `${granted.slice(0, -4)}AAAA`],
    ["of another user", grants.sign("news", "joe")],
    ["of another topic's signature", granted.replace("news", "team")],
    ["expired", new Grants(key, () => Date.now() - 13 * HOUR).sign("news", "jane")],
    ["no grant at all", "news"],
  ] as const;
  for (const [what, forged] of cases) {
    test(`because it is ${what} is welcomed by nothing, and the log says so once`, async (t) => {
      const { bus, subscriber, sent, log, closed } = subscribe(t, { grants });
      subscriber.receive(resume("7-0", { [forged]: "7-0", "more\n": null }));
      await settled();
      await publishNews(bus, "/n");
      await bus.publish({ topic: "team" }, message("/t"));
      await publish(bus, "/a");
      await settled();
      assert.deepEqual(sent, ["welcome 7-0 true", "7-1 /a"]);
      assert.equal(log.length, 1);
      assert.match(log[0] ?? "", /^push: "jane": refused the topic "[^\n]*": Error: expected [^\n]*, and 1 more$/);
      assert.deepEqual(closed, []);
    });
  }

  test("is every one where the gateway has no secret", async (t) => {
    const { bus, subscriber, sent, log } = subscribe(t);
    subscriber.receive(resume("7-0", { [granted]: "7-0" }));
    await publishNews(bus, "/n");
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true"]);
    assert.match(log.join(), /there is no secret to check them with/);
  });

  test("is each that is one too many, and the same one twice is one", async (t) => {
    const { subscriber, sent, log } = subscribe(t, { grants });
    const earlier = new Grants(key, () => Date.now() - HOUR).sign("t0", "jane");
    const names = Array.from({ length: MAX_TOPICS + 2 }, (_, n) => grants.sign(`t${n}`, "jane"));
    subscriber.receive(resume("7-0", Object.fromEntries([earlier, ...names].map((it) => [it, "7-0"]))));
    await settled();
    assert.equal(sent.length, 1 + MAX_TOPICS);
    assert.match(log.join(), /expected at most 20 topics, found more, and 1 more/);
  });
});

test("one message to a topic reaches everybody's sockets on two gateways, once, and nobody who was not granted it", async (t) => {
  const bus = createMemoryBus();
  const sites = [await startSite(t, { bus, grants }), await startSite(t, { bus, grants })];
  const position = await bus.position(NEWS);
  const resumed = (user: string, grant: string) => (site: (typeof sites)[number]) => {
    const browser = site.open(user);
    browser.send(resume(null, { [grant]: position }));
    return browser;
  };
  const granted = ["jane", "joe"].flatMap((user) => sites.map(resumed(user, grants.sign("news", user))));
  const forgers = sites.map(resumed("joe", grants.sign("news", "jane")));
  for (const browser of granted) await browser.take(2);
  for (const browser of forgers) await browser.take(1);
  const id = await bus.publish(NEWS, message("/n"));
  await bus.publish("jane", message("/last"));
  await bus.publish("joe", message("/last"));
  for (const browser of granted) {
    const found = await browser.take(2);
    assert.deepEqual(found[0], { type: "inject", url: "/n", topic: "news", id });
  }
  for (const browser of forgers) assert.match(JSON.stringify(await browser.next()), /"\/last"/);
});
