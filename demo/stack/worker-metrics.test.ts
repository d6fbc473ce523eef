import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startInstance, task } from "../tasks/test-support/instance.ts";
import { startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { openParts, Stops } from "./parts.ts";
import { startWorker } from "./worker.ts";

test("a worker's figures: what was done, tried again and given up, what waits, with Redis and without", {
  skip: withoutRedisServer,
}, async (t) => {
  const stops = new Stops();
  t.after(() => stops.close());
  const redis = await startRedis({ after: (undo) => stops.add(undo) });
  const dataDir = await mkdtemp(join(tmpdir(), "metrics-"));
  stops.add(() => rm(dataDir, { recursive: true }));
  const config = { redisUrl: redis.url, dataDir, secret: "the secret of the tests", tasksPerUser: 1 };
  const { queue } = await openParts(config, stops, () => {});
  const instance = await startInstance(t);
  const internal = { port: 0, host: "127.0.0.1" };
  const worker = { ...config, ploneWorkerUrl: instance.workerUrl, concurrency: 1, internal };
  const { name, close } = await startWorker(worker, () => {});
  stops.add(close);
  const url = /^worker of \S+ internal (http:\/\/127\.0\.0\.1:\d+\/)$/.exec(name)?.[1] ?? "";

  for (const each of ["a", "b", "c", "d"]) await queue.enqueue(task(each));
  (await instance.nextCall()).response.end();
  (await instance.nextCall()).response.writeHead(503).end();
  (await instance.nextCall()).response.end();
  (await instance.nextCall()).response.writeHead(403).end();
  const last = await instance.nextCall();
  const expected = [
    'inject_async_tasks_total{name="a",result="done"} 1',
    'inject_async_tasks_total{name="b",result="retried"} 1',
    'inject_async_tasks_total{name="b",result="done"} 1',
    'inject_async_tasks_total{name="c",result="failed"} 1',
    'inject_async_task_seconds_count{name="b"} 2',
    "inject_async_redis_up 1",
    "inject_async_tasks_waiting 0",
    "inject_async_tasks_running 1",
    "inject_async_tasks_dead 1",
  ];
  const lines = await read(`${url}metrics`);
  for (const line of expected) assert.ok(lines.includes(line), `expected ${line}, found\n${lines.join("\n")}`);
  assert.doesNotMatch(lines.join(), /sesame|jane/);
  assert.equal((await fetch(url)).status, 404);
  last.response.end();

  await readUntil(`${url}metrics`, 'inject_async_tasks_total{name="d",result="done"} 1');

  await redis.kill();
  const without = await readUntil(`${url}metrics`, "inject_async_redis_up 0");
  assert.match(without.join("\n"), /^inject_async_tasks_waiting nan$/im);

  await redis.restart();
  await readUntil(`${url}metrics`, "inject_async_redis_up 1");
  await queue.enqueue(task("e"));
  (await instance.nextCall()).response.end();
  await readUntil(`${url}metrics`, 'inject_async_tasks_total{name="e",result="done"} 1');
});

async function read(url: string): Promise<string[]> {
  const response = await fetch(url);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  return (await response.text()).split("\n");
}

async function readUntil(url: string, line: string): Promise<string[]> {
  for (;;) {
    const lines = await read(url);
    if (lines.includes(line)) return lines;
  }
}
