import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { smallDisk } from "../test-support/small-disk.ts";
import { keptSecret } from "./secret.ts";

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "secret-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

describe("the site's secret", () => {
  test("is made once and kept, for its owner's eyes alone", async (t) => {
    const dataDir = join(await folder(t), "var");
    const secret = await keptSecret(dataDir);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(await keptSecret(dataDir), secret);
    assert.equal((await stat(join(dataDir, "secret"))).mode & 0o777, 0o600);
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(dataDir), ["secret"]);
  });

  test("is one for all processes that start at once", async (t) => {
    const dataDir = await folder(t);
    const secrets = await Promise.all(Array.from({ length: 20 }, () => keptSecret(dataDir)));
    assert.equal(new Set(secrets).size, 1);
    assert.deepEqual(await readdir(dataDir), ["secret"]);
  });

  for (const short of ["", "\n", "fifteen letters"]) {
    test(`is not ${JSON.stringify(short)}: it is refused, and stays as it is`, async (t) => {
      const dataDir = await folder(t);
      await writeFile(join(dataDir, "secret"), short);
      await assert.rejects(keptSecret(dataDir), /secret: expected at least 16 characters, found \d+: remove the file/);
      assert.equal(await readFile(join(dataDir, "secret"), "utf8"), short);
    });
  }

  test("is not written on a full disk, not even in part; with room it is", async (t) => {
    const disk = await smallDisk(t, 1024 * 1024);
    if (!disk) return;
    const makeRoom = await disk.fill();
    await assert.rejects(keptSecret(disk.folder), { code: "ENOSPC" });
    assert.deepEqual(await readdir(disk.folder), ["ballast"]);
    await makeRoom();
    assert.equal((await keptSecret(disk.folder)).length, 64);
  });
});
