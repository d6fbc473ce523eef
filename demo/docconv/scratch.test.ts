import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createScratch, removeAbandoned, removeScratch } from "./scratch.ts";

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "scratch-test-"));
  process.env["TMPDIR"] = directory;
});
after(() => rm(directory, { recursive: true }));

test("folders of servers that are gone are removed, and no others", async () => {
  const { stdout } = await promisify(execFile)("sh", ["-c", "echo $$"]);
  const own = await createScratch();
  await Promise.all(
    [`docconv-${stdout.trim()}-abc`, "docconv-1-abc", "other"].map((name) => mkdir(join(directory, name))),
  );

  await removeAbandoned();
  assert.deepEqual((await readdir(directory)).sort(), [basename(own), "docconv-1-abc", "other"].sort());
  await removeScratch(own);
  assert.deepEqual((await readdir(directory)).sort(), ["docconv-1-abc", "other"]);
});
