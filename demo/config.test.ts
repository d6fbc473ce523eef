import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { readConfig, readPushConfig } from "./config.ts";

describe("the configuration", () => {
  test("has a default for everything", () => {
    assert.deepEqual(readConfig({}), {
      port: 8080,
      host: "127.0.0.1",
      dataDir: resolve("var"),
      secret: undefined,
      siteOrigin: undefined,
      maxUploadBytes: 52_428_800,
    });
  });

  test("is read from the environment, where empty means not set", () => {
    const config = readConfig({
      PORT: "0",
      HOST: " ",
      DATA_DIR: "/data",
      SECRET: "s".repeat(16),
      SITE_URL: "https://plone.example.org",
      MAX_UPLOAD: "1000",
    });
    assert.deepEqual(config, {
      port: 0,
      host: "127.0.0.1",
      dataDir: "/data",
      secret: "s".repeat(16),
      siteOrigin: "https://plone.example.org",
      maxUploadBytes: 1000,
    });
  });

  const wrong = [
    [{ PORT: "http" }, "PORT: expected a whole number from 0 to 65535, found http"],
    [{ PORT: "65536" }, "PORT: expected a whole number from 0 to 65535, found 65536"],
    [{ PORT: "-1" }, "PORT: expected a whole number from 0 to 65535, found -1"],
    [{ MAX_UPLOAD: "5 MB" }, "MAX_UPLOAD: expected a whole number from 1 to 9007199254740991, found 5 MB"],
    [
      { SITE_URL: "https://plone.example.org/site" },
      "SITE_URL: expected origins like https://plone.example.org, found https://plone.example.org/site",
    ],
    [{ SECRET: "short" }, "SECRET: expected at least 16 characters, found 5"],
    [{ ALWAYS_EAGER: "maybe" }, "ALWAYS_EAGER: expected true, found maybe"],
    [
      { ALWAYS_EAGER: "false" },
      "ALWAYS_EAGER: expected true, found false (separate processes over Redis are started with npm run stack)",
    ],
  ] as const;
  for (const [environment, message] of wrong) {
    test(`refuses ${JSON.stringify(environment)} and says why`, () => {
      assert.throws(() => readConfig(environment), { message });
    });
  }
});

describe("the configuration of the gateway", () => {
  const REDIS_URL = "redis://127.0.0.1:6379";

  test("has a default for everything but Redis", () => {
    assert.deepEqual(readPushConfig({ REDIS_URL }), {
      port: 8081,
      host: "127.0.0.1",
      internalPort: 8082,
      internalHost: "127.0.0.1",
      secret: undefined,
      publishSecret: undefined,
      redisUrl: REDIS_URL,
      ploneUrl: "http://127.0.0.1:8080",
      allowedOrigins: undefined,
      maxSocketsPerUser: 100,
      recheckMs: 15_000,
    });
  });

  test("is read from the environment", () => {
    const config = readPushConfig({
      REDIS_URL: "rediss://user:password@redis.example.org/1",
      PORT: "0",
      HOST: "0.0.0.0",
      INTERNAL_PORT: "0",
      INTERNAL_HOST: "::1",
      SECRET: "s".repeat(16),
      PUBLISH_SECRET: "p".repeat(16),
      PLONE_URL: "https://plone.example.org/site",
      ALLOWED_ORIGINS: "https://plone.example.org http://localhost:8080",
      MAX_SOCKETS_PER_USER: "7",
      RECHECK_SECONDS: "600",
    });
    assert.deepEqual(config, {
      port: 0,
      host: "0.0.0.0",
      internalPort: 0,
      internalHost: "::1",
      secret: "s".repeat(16),
      publishSecret: "p".repeat(16),
      redisUrl: "rediss://user:password@redis.example.org/1",
      ploneUrl: "https://plone.example.org/site",
      allowedOrigins: ["https://plone.example.org", "http://localhost:8080"],
      maxSocketsPerUser: 7,
      recheckMs: 600_000,
    });
  });

  const EXPECTED = "REDIS_URL: expected a URL that begins with redis:// or rediss://";
  for (const [environment, message] of [
    [{ REDIS_URL: " " }, `${EXPECTED}, found nothing`],
    [{ REDIS_URL: "secret@host" }, `${EXPECTED}, found no URL`],
    [{ REDIS_URL: "http://host" }, `${EXPECTED}, found http://`],
    [{ REDIS_URL: "redis:///1" }, `${EXPECTED} and a host, found none`],
    [{ PLONE_URL: "plone" }, "PLONE_URL: expected a URL that begins with http:// or https://, found no URL"],
    [{ PUBLISH_SECRET: "short" }, "PUBLISH_SECRET: expected at least 16 characters, found 5"],
    [
      { ALLOWED_ORIGINS: "https://plone.example.org/" },
      "ALLOWED_ORIGINS: expected origins like https://plone.example.org, found https://plone.example.org/",
    ],
    [{ MAX_SOCKETS_PER_USER: "0" }, "MAX_SOCKETS_PER_USER: expected a whole number from 1 to 1000000, found 0"],
    [{ RECHECK_SECONDS: "0.5" }, "RECHECK_SECONDS: expected a whole number from 1 to 86400, found 0.5"],
  ] as const) {
    test(`refuses ${JSON.stringify(environment)} and says why`, () => {
      assert.throws(() => readPushConfig({ REDIS_URL, ...environment }), { message });
    });
  }
});
