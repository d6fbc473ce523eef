import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type Config, readConfig } from "./config.ts";
import { pdf } from "./docconv/samples.ts";
import { Content } from "./plone/content/content.ts";
import { Visitor } from "./plone/test-support/visitor.ts";
import { Browser } from "./push/test-support/browser.ts";
import { newSession } from "./push/test-support/site.ts";
import { createDemo, type Demo } from "./server.ts";

/** The demos of a data folder. */
const started = new Map<Config, Demo[]>();

async function newConfig(t: TestContext): Promise<Config> {
  const dataDir = await mkdtemp(join(tmpdir(), "demo-"));
  const config = readConfig({ PORT: "0", DATA_DIR: dataDir });
  // What is run first was registered first, and a demo writes until it has ended.
  t.after(async () => {
    for (const demo of started.get(config) ?? []) await demo.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return config;
}

async function start(config: Config) {
  const log: string[] = [];
  const demo = createDemo(config, (line) => log.push(line), { startsAhead: false });
  started.set(config, [...(started.get(config) ?? []), demo]);
  const url = await demo.listen();
  const logIn = async (name: string): Promise<Visitor> => {
    const visitor = new Visitor(url);
    await visitor.logIn(name);
    return visitor;
  };
  /** An open page of the visitor's, caught up with the positions that were written into it. */
  const openPage = async (visitor: Visitor, topics?: Readonly<Record<string, string>>): Promise<Browser> => {
    const [, position, grant, topicPosition] =
      /position: (\d+-\d+); topics: (\S+)@(\d+-\d+);/.exec(await visitor.read("/workspace")) ?? [];
    assert.ok(position && grant && topicPosition);
    const browser = new Browser(new URL(newSession("websocket"), url).href, {
      Cookie: visitor.cookie,
      Origin: new URL(url).origin,
    });
    await browser.opened;
    browser.send(JSON.stringify({ type: "resume", position, topics: topics ?? { [grant]: topicPosition } }));
    assert.deepEqual(await browser.next(), { type: "welcome", position, recovered: true });
    if (topics) return browser;
    const welcome = { type: "welcome", topic: "workspace", position: topicPosition, recovered: true };
    assert.deepEqual(await browser.next(), welcome);
    return browser;
  };
  return { demo, url, log, logIn, openPage };
}

/** Reads messages until one names a view whose address ends like this. */
async function urlEnding(browser: Browser, view: string): Promise<string> {
  for (;;) {
    const text = JSON.stringify(await browser.next());
    const url = /"url":"([^"]+)"/.exec(text)?.[1];
    if (url?.endsWith(view)) return url;
  }
}

describe("the demo in one process", () => {
  test("takes Jane's document from the upload to its preview on Joe's page", async (t) => {
    const { logIn, openPage, log } = await start(await newConfig(t));
    const [jane, joe] = [await logIn("jane"), await logIn("joe")];
    const page = await openPage(joe);
    await jane.upload({ name: "report.pdf", content: new Uint8Array(pdf(["Hello"])) });

    let snippet = "";
    // How far it is comes first, where it takes a while.
    while (!snippet.includes('<img src="/workspace/'))
      snippet = await joe.read(await urlEnding(page, "/@@preview-snippet"));
    assert.match(snippet, /alt="Page 1 of report\.pdf: Hello"/);
    const [, image = ""] = /src="([^"]+-small\.webp[^"]*)"/.exec(snippet) ?? [];
    const webp = Buffer.from(await (await joe.get(image)).arrayBuffer());
    assert.equal(webp.toString("latin1", 8, 12), "WEBP");
    const status = JSON.parse(await joe.read("/@@async-status"));
    assert.equal(status.mode, "eager");
    assert.equal(status.sockets, 1);
    assert.equal(status.tasks.failed, 0);
    assert.doesNotMatch(log.join(), /__ac/);
    page.close();
  });

  test("converts a file that is replaced five times once, when it is quiet, and every page shows the last one", async (t) => {
    const { logIn, openPage, log } = await start(await newConfig(t));
    const [jane, joe] = [await logIn("jane"), await logIn("joe")];
    const page = await openPage(joe);
    const location = (await jane.upload({ name: "a.pdf", content: new Uint8Array(pdf(["First"])) })).headers;
    const uid = /uploaded=(\w+)/.exec(location.get("Location") ?? "")?.[1] ?? "";
    let snippet = "";
    const until = async (pattern: RegExp) => {
      while (!pattern.test(snippet)) snippet = await joe.read(await urlEnding(page, "/@@preview-snippet"));
    };
    await until(/a\.pdf: First"/);
    const tasks = async () => JSON.parse(await joe.read("/@@async-status")).tasks;
    // A message is sent before the task that it tells of has ended.
    while ((await tasks()).running > 0);
    for (let n = 1; n <= 5; n += 1) {
      const { status } = await jane.replace(uid, `${n}.pdf`, new Uint8Array(pdf([`Version ${n}`])));
      assert.equal(status, 303);
    }
    await until(/alt="Page 1 of 5\.pdf: Version 5"/);
    assert.match(await joe.read(`/workspace/${uid}`), /5\.pdf/);
    while ((await tasks()).running > 0);
    assert.deepEqual(await tasks(), { waiting: 0, running: 0, done: 2, failed: 0 }, "the first file, and the last");
    assert.equal(log.filter((line) => line.startsWith(`generate-previews ${uid}: ready`)).length, 2);
    page.close();
  });

  test("keeps what is private from the topic, and the topic from a page with a forged or foreign grant", async (t) => {
    const { logIn, openPage, log } = await start(await newConfig(t));
    const [jane, joe] = [await logIn("jane"), await logIn("joe")];
    const granted = /topics: (\S+)@/.exec(await jane.read("/workspace"))?.[1] ?? "";
    const forged = `workspace~${Math.floor(Date.now() / 1000) + 60}~${"A".repeat(43)}`;
    const stranger = await openPage(joe, { [granted]: "0-0", [forged]: "0-0" });
    const page = await openPage(joe);
    await jane.upload({ name: "diary.txt", content: "Dear diary" }, { isPrivate: true });
    await jane.upload({ name: "report.txt", content: "hello" });
    const first = JSON.stringify([await page.next(), await page.next(), await page.next()]);
    assert.match(first, /@@row/);
    assert.match(first, /@@notifications/);
    // Of the stranger's streams only the own one is there: the message by the topic was published before it.
    assert.match(JSON.stringify(await stranger.next()), /@@notifications/);
    assert.equal(log.filter((line) => /refused the topic .*, and 1 more/.test(line)).length, 1);
    for (const browser of [page, stranger]) browser.close();
  });

  test("closes Jane's open sockets for good when she logs out", async (t) => {
    const { logIn, openPage } = await start(await newConfig(t));
    const jane = await logIn("jane");
    const page = await openPage(jane);
    await jane.post("/logout", { _authenticator: await jane.authenticator() });
    assert.equal((await page.closed).code, 4401);
  });

  test("keeps users logged in, documents and notifications over a restart", async (t) => {
    const config = await newConfig(t);
    const first = await start(config);
    const [jane, joe] = [await first.logIn("jane"), await first.logIn("joe")];
    await jane.upload({ name: "report.pdf", content: "hello" });
    await first.demo.close();
    const secret = await readFile(join(config.dataDir, "secret"), "utf8");
    assert.match(secret, /^[0-9a-f]{64}$/);

    const second = await start(config);
    const [again, joeAgain] = [new Visitor(second.url), new Visitor(second.url)];
    again.cookie = jane.cookie;
    joeAgain.cookie = joe.cookie;
    assert.match(await again.read("/workspace"), /report\.pdf/);
    assert.match(await joeAgain.read("/@@notifications"), /Jane Doe shared report\.pdf/);
  });

  test("keeps whoever has logged out logged out over a restart, with a copy of the cookie too", async (t) => {
    const config = await newConfig(t);
    const first = await start(config);
    const jane = await first.logIn("jane");
    const { cookie } = jane;
    await jane.post("/logout", {});
    await first.demo.close();
    const second = await start(config);
    const again = new Visitor(second.url);
    again.cookie = cookie;
    assert.equal(await again.read("/@@whoami"), '{"id":null}');
  });

  test("leaves no document waiting that an earlier process has not finished", async (t) => {
    const config = await newConfig(t);
    const content = await Content.open(config.dataDir, () => {});
    await writeFile(join(content.scratch, "upload"), "hello");
    const meta = { title: "report.pdf", size: 5, owner: "jane", created: 1, isPrivate: false };
    await content.add(join(content.scratch, "upload"), meta);
    const { logIn } = await start(config);
    const page = await (await logIn("jane")).read("/workspace");
    assert.match(page, /The server was restarted before this was done/);
    assert.match(page, /Try again/);
    assert.doesNotMatch(page, /aria-busy/);
  });

  test("says so when its port is taken, and leaves nothing running", async (t) => {
    const config = await newConfig(t);
    const { url } = await start(config);
    const demo = createDemo({ ...config, port: Number(new URL(url).port) }, () => {});
    await assert.rejects(demo.listen(), { code: "EADDRINUSE" });
    await demo.close();
  });

  test("can be closed twice, and before it has been started", async (t) => {
    const config = await newConfig(t);
    const demo = createDemo(config, () => {});
    await demo.close();
    await assert.rejects(demo.listen(), /expected a demo that has not been closed/);
    const { demo: started, url } = await start(config);
    await Promise.all([started.close(), started.close()]);
    await assert.rejects(fetch(url));
  });
});
