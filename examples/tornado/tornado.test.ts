/** The push server in Tornado keeps PROTOCOL.md, and the promises of a process: it stops in good order, and may be killed. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { startPlone } from "../../demo/push/test-support/process.ts";
import { startRedisPair } from "../../demo/test-support/failover.ts";
import { freePort } from "../../demo/test-support/free-port.ts";
import { redisUrl, startRedis, withoutRedis, withoutRedisServer } from "../../demo/test-support/redis.ts";
import { Browser } from "../../e2e/conformance/browser.ts";
import { redisPublisher } from "../../e2e/conformance/publisher.ts";
import { runConformance } from "../../e2e/conformance/run.ts";

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL(".", import.meta.url));

let folder: string | undefined;
after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});
const python = await install();
const withoutPython =
  python === undefined && "Python 3, its pip or a package index is not here, which this example needs";

describe("the push server in Tornado", { skip: withoutPython || withoutRedis, concurrency: true }, () => {
  test("passes the conformance suite, and leaves nothing out", async (t) => {
    const [REDIS_URL, whoami] = [await redisUrl(t), await freePort()];
    const settings = { REDIS_URL, PLONE_URL: `http://127.0.0.1:${whoami}`, MAX_SOCKETS_PER_USER: "6" };
    const { url } = await start(t, settings);
    const args = [`${url}/push`, "--redis", REDIS_URL, "--whoami", `${whoami}`, "--max-sockets", "6"];
    const { code, output } = await runConformance(args);
    assert.equal(code, 0, output);
    assert.match(output, /^ℹ skipped 0$/m);
    assert.match(output, /^ℹ pass 4\d$/m);
  });

  test("closes with 4503 when it stops, and replays after it was killed", async (t) => {
    const [REDIS_URL, PLONE_URL, PORT] = [await redisUrl(t), await startPlone(t), `${await freePort()}`];
    const settings = { REDIS_URL, PLONE_URL, PORT };
    const publisher = redisPublisher(REDIS_URL);
    t.after(() => publisher.close());
    let server = await start(t, settings);
    const endpoint = new URL(`${server.url}/push`);
    const jane = new Browser(endpoint, endpoint.origin, "__ac=jane");
    await jane.start();
    t.after(() => jane.close());

    const first = await jane.resumed(null);
    server.child.kill("SIGTERM");
    assert.equal(await first.socket.closed, 4503);
    if (server.child.exitCode === null) await once(server.child, "exit");
    assert.equal(server.child.exitCode, 0);

    server = await start(t, settings);
    await publisher.publish("jane", "/doc/1");
    const second = await jane.resumed(String(first.welcome["position"]));
    assert.equal(second.welcome["recovered"], true);
    const one = await second.socket.next();
    assert.equal(one["url"], "/doc/1");

    server.child.kill("SIGKILL");
    await second.socket.closed;
    await publisher.publish("jane", "/doc/2");
    await start(t, settings);
    const third = await jane.resumed(String(one["id"]));
    assert.equal(third.welcome["recovered"], true);
    assert.equal((await third.socket.next())["url"], "/doc/2");
  });

  test("reads for many pages at once, and leaves out what is not UTF-8", async (t) => {
    const [REDIS_URL, PLONE_URL] = [await redisUrl(t), await startPlone(t)];
    const { url } = await start(t, { REDIS_URL, PLONE_URL, MAX_SOCKETS_PER_USER: "150" });
    const [publisher, redis] = [redisPublisher(REDIS_URL), new Redis(REDIS_URL)];
    t.after(async () => {
      await publisher.close();
      redis.disconnect();
    });
    const endpoint = new URL(`${url}/push`);
    const jane = new Browser(endpoint, endpoint.origin, "__ac=jane");
    await jane.start();
    t.after(() => jane.close());
    const pages: Awaited<ReturnType<Browser["resumed"]>>[] = [];
    while (pages.length < 150) {
      pages.push(...(await Promise.all(Array.from({ length: 10 }, () => jane.resumed(null)))));
    }

    const notUtf8 = Buffer.from([0xe4, 0xf6]);
    await redis.publish("inject-async:j\u00e4ne", notUtf8);
    await redis.xadd("inject-async:jane", "*", "message", notUtf8);
    await publisher.publish("jane", "/doc/1");
    const messages = await Promise.all(pages.map(({ socket }) => socket.next()));
    assert.deepEqual(new Set(messages.map((message) => message["url"])), new Set(["/doc/1"]));
  });

  test("stops in good order when nobody is connected", async (t) => {
    const { child } = await start(t, { REDIS_URL: await redisUrl(t), PLONE_URL: await startPlone(t) });
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
});

describe("the push server in Tornado whose Redis goes", { skip: withoutPython || withoutRedisServer }, () => {
  test("says that it cannot bridge what Redis has lost, and goes on", async (t) => {
    const redis = await startRedis(t);
    const { url } = await start(t, { REDIS_URL: redis.url, PLONE_URL: await startPlone(t) });
    const endpoint = new URL(`${url}/push`);
    const jane = new Browser(endpoint, endpoint.origin, "__ac=jane");
    await jane.start();
    t.after(() => jane.close());
    const publisher = redisPublisher(redis.url);
    t.after(() => publisher.close());
    const { socket, welcome } = await jane.resumed(null);
    await publisher.publish("jane", "/doc/1");
    await socket.next();
    await redis.kill();
    await redis.restart();
    await publisher.publish("jane", "/doc/2");
    // At once: before the server has subscribed again.
    const early = await resumed(jane, String(welcome["position"]));
    assert.deepEqual([early.welcome["type"], early.welcome["recovered"]], ["welcome", false]);
    // Either the connection has outlived it and is told, or it was closed and resumes.
    const told = await Promise.race([socket.next(), socket.closed]);
    const gap = typeof told === "number" ? (await resumed(jane, String(welcome["position"]))).welcome : told;
    assert.deepEqual([gap["type"], gap["recovered"]], ["welcome", false]);
    const again = await resumed(jane, null);
    await publisher.publish("jane", "/doc/3");
    assert.equal((await again.socket.next())["url"], "/doc/3");
  });
});

describe("the push server in Tornado whose Redis fails over", { skip: withoutPython || withoutRedisServer }, () => {
  test("says that it cannot bridge what the replica may not have got", async (t) => {
    const pair = await startRedisPair(t);
    const { url } = await start(t, { REDIS_URL: pair.url, PLONE_URL: await startPlone(t) });
    const endpoint = new URL(`${url}/push`);
    const jane = new Browser(endpoint, endpoint.origin, "__ac=jane");
    await jane.start();
    t.after(() => jane.close());
    const publisher = redisPublisher(pair.url);
    t.after(() => publisher.close());
    const { socket } = await jane.resumed(null);
    await publisher.publish("jane", "/doc/1");
    const seen = String((await socket.next())["id"]);
    await pair.promote();
    await publisher.publish("jane", "/doc/lost");
    await pair.failOver();
    const { welcome } = await resumed(jane, seen);
    assert.deepEqual([welcome["type"], welcome["recovered"]], ["welcome", false]);
  });
});

/** As a page does it that comes back until it is let in. */
async function resumed(browser: Browser, position: string | null) {
  for (;;) {
    const socket = browser.open();
    const isOpen = await socket.opened.then(
      () => true,
      () => false,
    );
    if (!isOpen) continue;
    socket.resume(position);
    const answer = await Promise.race([socket.next(), socket.closed]);
    if (typeof answer !== "number") return { socket, welcome: answer };
  }
}

async function start(t: TestContext, settings: Readonly<Record<string, string>>) {
  const env = { ...process.env, PORT: "0", PYTHONPATH: python ?? "", PYTHONDONTWRITEBYTECODE: "1", ...settings };
  const child = spawn("python3", [join(FOLDER, "server.py")], { env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => {
    child.kill("SIGKILL");
  });
  return { child, url: await ready(child) };
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        const url = /^ready (\S+)\/$/m.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
    child.once("close", () => reject(new Error(`expected the server to start, found:\n${output}`)));
  });
}

/** The folder with what requirements.txt names; undefined where they could not be installed. In continuous integration that is an error. */
async function install(): Promise<string | undefined> {
  folder = await mkdtemp(join(tmpdir(), "inject-async-tornado-"));
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder];
  try {
    await run("python3", [...pip, "-r", join(FOLDER, "requirements.txt")]);
    return folder;
  } catch (error) {
    if (process.env["CI"]) throw error;
    return undefined;
  }
}
