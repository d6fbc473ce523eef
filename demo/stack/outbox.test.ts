import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Content } from "../plone/content/content.ts";
import { taskUrl } from "../plone/workspace/preview-task.ts";
import { startInstance, task } from "../tasks/test-support/instance.ts";
import { startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { FileOutbox } from "./outbox.ts";
import { openParts, Stops } from "./parts.ts";
import { startWorker } from "./worker.ts";

const keyOf = (secret: string) => createHash("sha256").update(secret).digest();

async function open(t: TestContext, secret = "the secret", folder?: string) {
  const path = folder ?? (await mkdtemp(join(tmpdir(), "outbox-")));
  t.after(() => rm(path, { recursive: true, force: true }));
  return { folder: path, outbox: await FileOutbox.open({ folder: path, key: keyOf(secret), ttlMs: 60_000 }) };
}

describe("the outbox", () => {
  test("gives back the newest task for a URL, and nobody else can read it", async (t) => {
    const { folder, outbox } = await open(t);
    await outbox.keep({ ...task("a"), cookie: "__ac=old" });
    await outbox.keep(task("a", task("rest")));
    assert.deepEqual(await outbox.recall("/a"), task("a", task("rest")));
    assert.equal(await outbox.recall("/b"), undefined);
    const [name = "", ...others] = await readdir(folder);
    assert.deepEqual([name, others], [outbox.nameOf("/a"), []]);
    assert.doesNotMatch(await readFile(join(folder, name), "utf8"), /sesame|__ac|authenticator/);
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    await outbox.forget(name);
    await outbox.forget(name);
    assert.equal(await outbox.recall("/a"), undefined);
  });

  test("has nothing of another secret, of a file that was changed or moved, and of an expired ticket", async (t) => {
    const { folder, outbox } = await open(t);
    await outbox.keep(task("a"));
    assert.equal(await (await open(t, "another", folder)).outbox.recall("/a"), undefined);
    const file = join(folder, outbox.nameOf("/a"));
    const sealed = await readFile(file);
    await writeFile(join(folder, outbox.nameOf("/b")), sealed);
    assert.equal(await outbox.recall("/b"), undefined);
    const old = new Date(Date.now() - 60_000);
    await utimes(file, old, old);
    assert.equal(await outbox.recall("/a"), undefined);
    await writeFile(file, sealed.subarray(1));
    assert.equal(await outbox.recall("/a"), undefined);
  });
});

test("promised and never queued: a worker queues it, and forgets it when its document has ended", {
  skip: withoutRedisServer,
}, async (t) => {
  const stops = new Stops();
  t.after(() => stops.close());
  const redis = await startRedis({ after: (undo) => stops.add(undo) });
  const dataDir = await mkdtemp(join(tmpdir(), "lost-"));
  stops.add(() => rm(dataDir, { recursive: true }));
  const config = { redisUrl: redis.url, dataDir, secret: "the secret of the tests", tasksPerUser: 2 };
  const content = await Content.open(dataDir, () => {});
  const add = async (title: string) => {
    await writeFile(join(content.scratch, title), "hello");
    const meta = { title, size: 5, owner: "jane", created: 1, isPrivate: false };
    return await content.add(join(content.scratch, title), meta);
  };
  const [promised, unpromised] = [await add("a.pdf"), await add("b.pdf")];
  const { outbox } = await openParts(config, stops, () => {});
  await outbox.keep({ ...task("generate-previews"), url: taskUrl(promised.uid) });

  const instance = await startInstance(t);
  const log: string[] = [];
  const worker = { ...config, ploneWorkerUrl: instance.workerUrl, concurrency: 1, internal: undefined };
  const { close } = await startWorker(worker, (line) => log.push(line));
  stops.add(close);
  const { request, response } = await instance.nextCall();
  assert.equal(request.url, taskUrl(promised.uid));
  assert.equal(request.headers.cookie, "__ac=sesame");
  assert.deepEqual(log, [`${promised.uid}: its task was lost, and is queued again`]);
  await (await content.previews(promised)).ended({ words: "Enough.", again: false });
  response.end();
  while ((await outbox.names()).length > 0) await new Promise((resolve) => setImmediate(resolve));
  // Its upload did not get as far: there is no cookie to do it with.
  while ((await content.get(unpromised.uid))?.state.name === "waiting") {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await content.get(unpromised.uid))?.state.name, "failed");
});
