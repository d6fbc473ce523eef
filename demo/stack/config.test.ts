import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPloneConfig, readStackConfig, readWorkerConfig } from "./config.ts";

const REDIS_URL = "redis://127.0.0.1:6379";
describe("the environment of the stack", () => {
  test("needs no more than Redis", () => {
    const { port, plones, gateways, workers, ploneWorkers, secret } = readStackConfig({ REDIS_URL });
    assert.deepEqual([port, plones, gateways, workers, ploneWorkers, secret], [8080, 1, 1, 1, 1, undefined]);
    assert.equal(readPloneConfig({ REDIS_URL }, "8083").port, 8083);
    const { ploneWorkerUrl, concurrency, tasksPerUser, internal } = readWorkerConfig({ REDIS_URL });
    assert.deepEqual([ploneWorkerUrl, concurrency, tasksPerUser, internal], ["http://127.0.0.1:8083", 4, 2, undefined]);
  });

  test("gives a worker a port for its figures", () => {
    const port = { REDIS_URL, INTERNAL_PORT: "0" };
    assert.deepEqual(readWorkerConfig(port).internal, { port: 0, host: "127.0.0.1" });
    assert.deepEqual(readWorkerConfig({ ...port, INTERNAL_HOST: "::1" }).internal?.host, "::1");
  });

  for (const [env, message] of [
    [{}, "REDIS_URL: expected a URL that begins with redis:// or rediss://, found nothing"],
    [{ REDIS_URL: "http://x" }, "REDIS_URL: expected a URL that begins with redis:// or rediss://, found http://"],
    [
      { REDIS_URL, ALWAYS_EAGER: "true" },
      "ALWAYS_EAGER: expected false, found true (everything in one process is npm start)",
    ],
    [{ REDIS_URL, SITE_URL: "plone" }, "SITE_URL: expected origins like https://plone.example.org, found plone"],
    [{ REDIS_URL, SECRET: "short" }, "SECRET: expected at least 16 characters, found 5"],
    [{ REDIS_URL, PORT: "70000" }, "PORT: expected a whole number from 0 to 65535, found 70000"],
    [
      { REDIS_URL, ALLOWED_ORIGINS: "plone" },
      "ALLOWED_ORIGINS: expected origins like https://plone.example.org, found plone",
    ],
    [{ REDIS_URL, WORKERS: "0" }, "WORKERS: expected a whole number from 1 to 64, found 0"],
    [
      { REDIS_URL, PLONE_WORKER_URL: "plone" },
      "PLONE_WORKER_URL: expected a URL that begins with http:// or https://, found no URL",
    ],
    [{ REDIS_URL, INTERNAL_PORT: "x" }, "INTERNAL_PORT: expected a whole number from 0 to 65535, found x"],
    [{ REDIS_URL, TASK_CONCURRENCY: "many" }, "TASK_CONCURRENCY: expected a whole number from 1 to 1000, found many"],
  ] as const) {
    test(`is refused: ${message}`, () => {
      assert.throws(() => readStackConfig(env), { message });
    });
  }
});
