import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Content } from "../plone/content/content.ts";
import { taskUrl } from "../plone/workspace/preview-task.ts";
import { startInstance, task } from "../tasks/test-support/instance.ts";
import { startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { openParts, Stops } from "./parts.ts";
import { startWorker } from "./worker.ts";

const SECRET = "the secret of the tests";

test("a dead task ends its document, can be looked at, and is requeued", { skip: withoutRedisServer }, async (t) => {
  const stops = new Stops();
  t.after(() => stops.close());
  const redis = await startRedis({ after: (undo) => stops.add(undo) });
  const dataDir = await mkdtemp(join(tmpdir(), "dead-"));
  stops.add(() => rm(dataDir, { recursive: true }));
  const config = { redisUrl: redis.url, dataDir, secret: SECRET, tasksPerUser: 2 };
  const content = await Content.open(dataDir, () => {});
  await writeFile(join(content.scratch, "upload"), "hello");
  const meta = { title: "a.pdf", size: 5, owner: "jane", created: 1, isPrivate: false };
  const { uid } = await content.add(join(content.scratch, "upload"), meta);
  const { queue } = await openParts(config, stops, () => {});
  const instance = await startInstance(t);
  const worker = { ...config, ploneWorkerUrl: instance.workerUrl, concurrency: 1, internal: undefined };
  const { close } = await startWorker(worker, () => {});
  stops.add(close);

  await queue.enqueue({ ...task("generate-previews"), url: taskUrl(uid) });
  (await instance.nextCall()).response.writeHead(403).end();
  while ((await queue.dead()).length === 0);
  assert.equal((await content.get(uid))?.state.name, "failed");

  const env = { PATH: process.env["PATH"], REDIS_URL: redis.url, DATA_DIR: dataDir, SECRET };
  const dead = async (...args: readonly string[]) => {
    const program = fileURLToPath(new URL("dead.ts", import.meta.url));
    return (await promisify(execFile)(process.execPath, ["--import", "tsx", program, ...args], { env })).stdout;
  };
  const list = await dead("list");
  assert.match(
    list,
    new RegExp(`^t\\S+\t\\S+Z\tjane\tgenerate-previews\t${taskUrl(uid)}\texpected status 200, found 403\n$`),
  );
  assert.match(await dead("requeue"), /\trequeued\n$/);
  const { request, response } = await instance.nextCall();
  assert.equal(request.headers.cookie, "__ac=sesame");
  assert.equal((await content.get(uid))?.state.name, "waiting");
  response.end();
  assert.equal(await dead("list"), "");
});
