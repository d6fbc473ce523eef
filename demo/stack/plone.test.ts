import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Visitor } from "../plone/test-support/visitor.ts";
import { startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { readPloneConfig } from "./config.ts";
import { Stops } from "./parts.ts";
import { startPlone } from "./plone.ts";

test("a site with https gives its cookie to browsers over https alone", { skip: withoutRedisServer }, async (t) => {
  const stops = new Stops();
  t.after(() => stops.close());
  const redis = await startRedis({ after: (undo) => stops.add(undo) });
  const dataDir = await mkdtemp(join(tmpdir(), "plone-"));
  stops.add(() => rm(dataDir, { recursive: true }));
  const env = { REDIS_URL: redis.url, DATA_DIR: dataDir, PORT: "0", SITE_URL: "https://plone.example.org" };
  const { name, close } = await startPlone(readPloneConfig(env, "8080"), () => {});
  stops.add(close);
  const response = await new Visitor(name).logIn("jane");
  assert.match(response.headers.getSetCookie().join(), /^__ac=.*; Secure/);
});
