import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pageEvent, pixels, storePages } from "../test-support/previews.ts";
import { Content } from "./content.ts";
import type { Meta } from "./document.ts";

const meta: Meta = { title: "report.pdf", size: 5, owner: "jane", created: 1_732_361_000_000, isPrivate: false };

async function open(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), "content-"));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const log: string[] = [];
  const content = await Content.open(dataDir, (line) => log.push(line));
  const add = async (more: Partial<Meta> = {}) => {
    const file = join(content.scratch, `upload-${Math.random()}`);
    await writeFile(file, "hello");
    return content.add(file, { ...meta, ...more });
  };
  return { dataDir, content, add, log, reopen: () => Content.open(dataDir, (line) => log.push(line)) };
}

describe("the content store", () => {
  test("takes a file in as a document that waits", async (t) => {
    const { content, add } = await open(t);
    const document = await add();
    assert.match(document.uid, /^[0-9a-f]{16}$/);
    assert.deepEqual(await content.get(document.uid), {
      ...meta,
      uid: document.uid,
      version: 1,
      state: { name: "waiting", pages: [] },
    });
    const { root, name } = content.original(document);
    assert.equal(await readFile(join(root, name), "utf8"), "hello");
    assert.deepEqual(await readdir(content.scratch), [], "the upload has been moved, and no draft is left");
  });

  test("lists the newest first", async (t) => {
    const { content, add } = await open(t);
    for (const created of [2, 3, 1]) await add({ created });
    assert.deepEqual(
      (await content.list()).map(({ created }) => created),
      [3, 2, 1],
    );
  });

  test("keeps previews, for a later process too", async (t) => {
    const { content, add, reopen } = await open(t);
    const document = await add();
    await (await storePages(content, document, 1)).ready(7);
    const image = { text: "Once upon a time", width: 640, height: 480, hasLarge: true };
    const expected = { name: "ready", pages: [{ page: 1, image, words: undefined }], pageCount: 7, words: undefined };
    assert.deepEqual((await content.get(document.uid))?.state, expected);
    assert.deepEqual((await (await reopen()).get(document.uid))?.state, expected);
    const { root, name } = content.preview(document, 1, "large");
    assert.deepEqual(await readFile(join(root, name)), pixels);
    assert.deepEqual(await readdir(content.scratch), []);
  });

  test("sees what another process does, page by page", async (t) => {
    const { content, add, reopen } = await open(t);
    const other = await reopen();
    const document = await add();
    const state = async () => (await other.get(document.uid))?.state;
    assert.equal((await state())?.name, "waiting");
    const writer = await storePages(content, document, 1);
    assert.equal((await state())?.pages.length, 1);
    await writer.ended({ words: "It broke off.", again: true });
    assert.equal((await state())?.name, "stopped", "there is a page");
  });

  test("keeps the pages there are when a document is tried again, and writes none of them twice", async (t) => {
    const { content, add } = await open(t);
    const document = await add();
    const writer = await storePages(content, document, 1);
    await writer.ended({ words: "It broke off.", again: true });
    const second = await content.previews(document);
    await second.waiting();
    assert.equal((await content.get(document.uid))?.state.pages.length, 1);
    const { root, name } = content.preview(document, 1, "normal");
    const { mtimeMs } = await stat(join(root, name));
    for (const page of [1, 2]) await second.add(pageEvent(page, 2), 2);
    assert.equal((await stat(join(root, name))).mtimeMs, mtimeMs);
    await second.ready(2);
    assert.deepEqual(
      (await content.get(document.uid))?.state.pages.map(({ page, image }) => [page, image?.hasLarge]),
      [
        [1, true],
        [2, false],
      ],
    );
  });

  test("keeps the file of a document that one process renames while another one replaces it", async (t) => {
    const { content, add, reopen } = await open(t);
    const other = await reopen();
    for (let round = 1; round <= 30; round += 1) {
      const { uid } = await add();
      const file = join(content.scratch, `upload-${round}`);
      await writeFile(file, "hello again");
      const document = (await other.get(uid)) ?? assert.fail();
      await Promise.all([
        content.replace(document, file, { title: "better.pdf", size: 11 }),
        // One of them reads before the replacement, and writes after it.
        ...["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"].map((title) => other.rename(document, title)),
      ]);
      const found = (await content.get(uid)) ?? assert.fail();
      assert.deepEqual([found.version, found.size], [2, 11]);
      const { root, name } = content.original(found);
      assert.equal(await readFile(join(root, name), "utf8"), "hello again");
      assert.equal((await other.get(uid))?.title, found.title);
    }
  });

  test("shows nothing of a document that could not be stored", async (t) => {
    const { content } = await open(t);
    await assert.rejects(content.add(join(content.scratch, "nowhere"), meta), { code: "ENOENT" });
    assert.deepEqual(await content.list(), []);
    assert.deepEqual(await readdir(content.scratch), []);
  });

  test("knows no document by anything but a uid", async (t) => {
    const { dataDir, content } = await open(t);
    await mkdir(join(dataDir, "outside"));
    await writeFile(join(dataDir, "outside", "meta.json"), JSON.stringify(meta));
    for (const uid of ["../outside", "..%2foutside", "", ".", "0123456789abcdeg", "0123456789ABCDEF", 7, ["a"], null]) {
      assert.equal(await content.get(uid), undefined, String(uid));
    }
    assert.equal(await content.get("0123456789abcdef"), undefined, "a uid that nothing has");
  });

  test("leaves a document out that cannot be read, and says so", async (t) => {
    const { dataDir, content, add, log } = await open(t);
    const [damaged, sound] = [await add(), await add()];
    await writeFile(join(dataDir, "content", damaged.uid, "meta.json"), '{"title": 1}');
    assert.deepEqual(
      (await content.list()).map(({ uid }) => uid),
      [sound.uid],
    );
    assert.match(log.join(), new RegExp(`${damaged.uid} cannot be read: expected title: a string, found 1`));
  });

  test("clears away what a process that died left behind, and nothing that is being written", async (t) => {
    const { content, reopen } = await open(t);
    await writeFile(join(content.scratch, "old"), "");
    await utimes(join(content.scratch, "old"), 0, 0);
    await writeFile(join(content.scratch, "new"), "");
    const { pid: dead } = spawnSync("true");
    const id = "0b0c0d0e-1111-2222-3333-444455556666";
    await writeFile(join(content.scratch, `${hostname()}-${dead}-${id}`), "");
    await mkdir(join(content.scratch, `${hostname()}-${dead}-${id.replace("0b", "0c")}`));
    const kept = [
      `${hostname()}-${process.ppid}-${id}`,
      `${hostname()}-${process.pid}-${id}`,
      `elsewhere-${dead}-${id}`,
    ];
    for (const name of kept) await writeFile(join(content.scratch, name), "");
    // As a container's only process, whose predecessor had the same id.
    const earlier = join(content.scratch, `${hostname()}-${process.pid}-${id.replace("0b", "0c")}`);
    await writeFile(earlier, "");
    const beforeStart = Date.now() / 1000 - process.uptime() - 1;
    await utimes(earlier, beforeStart, beforeStart);
    await reopen();
    assert.deepEqual((await readdir(content.scratch)).sort(), [...kept, "new"].sort());
  });

  test("keeps everything from other users of the machine", async (t) => {
    const { dataDir, content, add } = await open(t);
    await storePages(content, await add({ isPrivate: true }), 1);
    const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
    assert.ok(entries.length > 8);
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      assert.equal(mode & 0o777, entry.isDirectory() ? 0o700 : 0o600, entry.name);
    }
  });
});
