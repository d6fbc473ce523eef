/** The stack's processes: how they start, double, stop, and say what is wrong. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pdf } from "../../demo/docconv/samples.ts";
import { Visitor } from "../../demo/plone/test-support/visitor.ts";
import { startRedis, withoutRedisServer } from "../../demo/test-support/redis.ts";
import { startStack, Undos } from "../support/stack.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

interface Result {
  readonly code: number | string | null;
  readonly output: string;
}

/** One of the programs in demo/stack, to its end. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Result> {
  const file = fileURLToPath(new URL(`../../demo/stack/${program}`, import.meta.url));
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env["PATH"], ...env } };
    execFile(process.execPath, ["--import", "tsx", file, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, output: stdout + stderr });
    });
  });
}

describe("the stack's processes", { skip: withoutRedisServer }, () => {
  test("without Redis, or with the wrong password, each says so and ends", async (t) => {
    const undos = new Undos();
    t.after(() => undos.run());
    const redis = await startRedis(undos, ["--requirepass", "right"]);
    const dataDir = await mkdtemp(join(tmpdir(), "stack-"));
    undos.after(() => rm(dataDir, { recursive: true }));
    const wrong = redis.url.replace("//", "//:wrong@");
    const results = await Promise.all([
      run("main.ts", ["stack"], { DATA_DIR: dataDir }),
      run("main.ts", ["stack"], { DATA_DIR: dataDir, PORT: "0", REDIS_URL: "redis://127.0.0.1:1" }),
      run("main.ts", ["worker"], { DATA_DIR: dataDir, REDIS_URL: wrong }),
      run("main.ts", ["plone"], { DATA_DIR: dataDir, PORT: "0", REDIS_URL: wrong, ALWAYS_EAGER: "true" }),
    ]);
    const outputs = results.map(({ output }) => output);
    assert.ok(results.every(({ code }) => code === 1));
    assert.match(
      outputs[0] ?? "",
      /^REDIS_URL: expected a URL that begins with redis:\/\/ or rediss:\/\/, found nothing\n$/,
    );
    assert.match(outputs[1] ?? "", /^cannot use Redis: .*ECONNREFUSED.*\n$/);
    assert.match(outputs[2] ?? "", /^cannot use Redis: .*WRONGPASS.*\n$/);
    assert.match(outputs[3] ?? "", /^ALWAYS_EAGER: expected false, found true/);
    assert.doesNotMatch(outputs.join(), /wrong@/);
  });

  test("Plone, killed between its answer and queueing the task: the document has its preview all the same", async (t) => {
    const undos = new Undos();
    t.after(() => undos.run());
    const redis = await startRedis(undos);
    const network = await startTcpProxy({ target: redis.url });
    undos.after(() => network.close());
    const stack = await startStack(undos, network.url.replace("http:", "redis:"));
    const visitor = new Visitor(stack.url);
    await visitor.logIn("jane");
    const authenticator = await visitor.authenticator();
    // Nothing can be queued.
    network.stall();
    const content = new Uint8Array(pdf(["Hello"]));
    assert.equal((await visitor.upload({ name: "a.pdf", content }, { authenticator })).status, 303);
    const back = stack.kill("plone");
    network.resume();
    await back;
    while (!/@@preview\//.test(await visitor.read("/workspace")));
    assert.match(stack.log(), /its task was lost, and is queued again/);
  });

  test("Redis has a password, and goes away later: the status says so, and what is uploaded is done when it is back", async (t) => {
    const undos = new Undos();
    t.after(() => undos.run());
    const redis = await startRedis(undos, ["--requirepass", "right"]);
    const stack = await startStack(undos, redis.url.replace("//", "//:right@"));
    const visitor = new Visitor(stack.url);
    await visitor.logIn("jane");
    const authenticator = await visitor.authenticator();
    const status = async () => JSON.parse(await visitor.read("/@@async-status"));
    for (;;) {
      const { gateways, workers } = await status();
      if (gateways === 1 && workers === 1) break;
    }

    await redis.kill();
    while ((await status()).redis !== "down");
    const headers = { Accept: "text/html", Cookie: visitor.cookie };
    const page = await (await fetch(`${stack.url}/@@async-status`, { headers })).text();
    assert.match(page, /Plone does not reach it/);
    const content = new Uint8Array(pdf(["Hello"]));
    assert.equal((await visitor.upload({ name: "a.pdf", content }, { authenticator })).status, 303);
    await redis.restart();
    while (!/@@preview\//.test(await visitor.read("/workspace")));
    while ((await status()).gateways !== 1);
    assert.doesNotMatch(stack.log(), /right@/);
  });

  test("two of each: a document is converted once; told to stop, all stop, without Redis too", async (t) => {
    const undos = new Undos();
    t.after(() => undos.run());
    const redis = await startRedis(undos);
    const stack = await startStack(undos, redis.url, { PLONES: "2", WORKERS: "2", GATEWAYS: "2", PLONE_WORKERS: "2" });
    const visitor = new Visitor(stack.url);
    await visitor.logIn("jane");
    await visitor.upload({ name: "a.pdf", content: new Uint8Array(pdf(["Hello"])) });
    for (;;) {
      const { workers, tasks } = JSON.parse(await visitor.read("/@@async-status"));
      if (workers === 2 && tasks.done === 1) break;
    }
    assert.match(await visitor.read("/workspace"), /@@preview\//);
    const pids = (["plone", "plone-worker", "push", "worker"] as const).flatMap((role) => stack.pids(role));
    assert.equal(pids.length, 8);
    await redis.kill();
    assert.equal(await stack.stop("SIGINT"), 0);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    assert.equal(stack.log().match(/: ready/g)?.length, 1);
    assert.doesNotMatch(stack.log(), /has ended/);
  });
});
