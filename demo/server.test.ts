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
import { createDemo } from "./server.ts";

async function newConfig(t: TestContext): Promise<Config> {
  const dataDir = await mkdtemp(join(tmpdir(), "demo-"));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  return readConfig({ PORT: "0", DATA_DIR: dataDir });
}

async function start(t: TestContext, config: Config) {
  const log: string[] = [];
  const demo = createDemo(config, (line) => log.push(line), { recheckMs: 50 });
  t.after(() => demo.close());
  const url = await demo.listen();
  const logIn = async (name: string): Promise<Visitor> => {
    const visitor = new Visitor(url);
    await visitor.logIn(name);
    return visitor;
  };
  /** An open page of the visitor's, caught up with the position that was written into it. */
  const openPage = async (visitor: Visitor): Promise<Browser> => {
    const position = /position: ([0-9]+-[0-9]+)/.exec(await visitor.read("/workspace"))?.[1];
    assert.ok(position);
    const browser = new Browser(new URL(newSession("websocket"), url).href, {
      Cookie: visitor.cookie,
      Origin: new URL(url).origin,
    });
    await browser.opened;
    browser.resume(position);
    assert.deepEqual(await browser.next(), { type: "welcome", position, recovered: true });
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
    const { logIn, openPage, log } = await start(t, await newConfig(t));
    const [jane, joe] = [await logIn("jane"), await logIn("joe")];
    const page = await openPage(joe);
    await jane.upload({ name: "report.pdf", content: new Uint8Array(pdf(["Hello"])) });

    const path = await urlEnding(page, "/@@preview-snippet");
    const snippet = await joe.read(path);
    assert.match(snippet, /alt="Page 1 of report\.pdf: Hello"/);
    const [, image = ""] = /src="([^"]+-small\.webp)"/.exec(snippet) ?? [];
    const webp = Buffer.from(await (await joe.get(image)).arrayBuffer());
    assert.equal(webp.toString("latin1", 8, 12), "WEBP");
    const status = JSON.parse(await joe.read("/@@async-status"));
    assert.equal(status.mode, "eager");
    assert.equal(status.sockets, 1);
    assert.equal(status.tasks.failed, 0);
    assert.doesNotMatch(log.join(), /__ac/);
    page.close();
  });

  test("closes Jane's open sockets for good when she logs out", async (t) => {
    const { logIn, openPage } = await start(t, await newConfig(t));
    const jane = await logIn("jane");
    const page = await openPage(jane);
    await jane.post("/logout", { _authenticator: await jane.authenticator() });
    assert.equal((await page.closed).code, 4401);
  });

  test("keeps users logged in, documents and notifications over a restart", async (t) => {
    const config = await newConfig(t);
    const first = await start(t, config);
    const [jane, joe] = [await first.logIn("jane"), await first.logIn("joe")];
    await jane.upload({ name: "report.pdf", content: "hello" });
    await first.demo.close();
    const secret = await readFile(join(config.dataDir, "secret"), "utf8");
    assert.match(secret, /^[0-9a-f]{64}$/);

    const second = await start(t, config);
    const [again, joeAgain] = [new Visitor(second.url), new Visitor(second.url)];
    again.cookie = jane.cookie;
    joeAgain.cookie = joe.cookie;
    assert.match(await again.read("/workspace"), /report\.pdf/);
    assert.match(await joeAgain.read("/@@notifications"), /Jane Doe shared report\.pdf/);
  });

  test("leaves no document waiting that an earlier process has not finished", async (t) => {
    const config = await newConfig(t);
    const content = await Content.open(config.dataDir, () => {});
    await writeFile(join(content.scratch, "upload"), "hello");
    const meta = { title: "report.pdf", size: 5, owner: "jane", created: 1, isPrivate: false };
    await content.add(join(content.scratch, "upload"), meta);
    const { logIn } = await start(t, config);
    const page = await (await logIn("jane")).read("/workspace");
    assert.match(page, /The server was restarted before the preview was ready/);
    assert.doesNotMatch(page, /aria-busy/);
  });

  test("says so when its port is taken, and leaves nothing running", async (t) => {
    const config = await newConfig(t);
    const { url } = await start(t, config);
    const demo = createDemo({ ...config, port: Number(new URL(url).port) }, () => {});
    await assert.rejects(demo.listen(), { code: "EADDRINUSE" });
    await demo.close();
  });

  test("can be closed twice, and before it has been started", async (t) => {
    const config = await newConfig(t);
    const demo = createDemo(config, () => {});
    await demo.close();
    await assert.rejects(demo.listen(), /expected a demo that has not been closed/);
    const { demo: started, url } = await start(t, config);
    await Promise.all([started.close(), started.close()]);
    await assert.rejects(fetch(url));
  });
});
