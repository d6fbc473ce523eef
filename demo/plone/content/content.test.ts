import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Content } from "./content.ts";
import type { Meta } from "./document.ts";

const meta: Meta = { title: "report.pdf", size: 5, owner: "jane", created: 1_732_361_000_000, isPrivate: false };
const bytes = Buffer.from("image");
const page = { text: "Once", small: bytes, normal: bytes, large: bytes, width: 640, height: 480 };

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
  test("takes a file in as a pending document", async (t) => {
    const { content, add } = await open(t);
    const document = await add();
    assert.match(document.uid, /^[0-9a-f]{16}$/);
    assert.deepEqual(await content.get(document.uid), { ...meta, uid: document.uid, state: { name: "pending" } });
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
    await content.setReady(document.uid, { pages: [page], pageCount: 7 });
    const expected = { name: "ready", pages: [{ text: "Once", width: 640, height: 480 }], pageCount: 7 };
    assert.deepEqual((await content.get(document.uid))?.state, expected);
    assert.deepEqual((await (await reopen()).get(document.uid))?.state, expected);
    const { root, name } = content.preview(document, 1, "large");
    assert.deepEqual(await readFile(join(root, name)), bytes);
  });

  test("sees what another process has done", async (t) => {
    const { content, add, reopen } = await open(t);
    const other = await reopen();
    const document = await add();
    assert.equal((await other.get(document.uid))?.state.name, "pending");
    await content.setFailed(document.uid, "It is broken.");
    assert.deepEqual((await other.list())[0]?.state, { name: "failed", message: "It is broken." });
  });

  test("lets a document change once: of two results the first one stays, whole", async (t) => {
    const { content, add } = await open(t);
    const document = await add();
    await Promise.all([
      content.setReady(document.uid, { pages: [page], pageCount: 1 }),
      content.setFailed(document.uid, "Too late, or too early."),
    ]);
    const first = (await content.get(document.uid))?.state.name;
    const files = await readdir(content.preview(document, 1, "small").root);
    assert.equal(files.length, first === "ready" ? 4 : 1);
    await content.setFailed(document.uid, "Much too late.");
    assert.equal((await content.get(document.uid))?.state.name, first);
    assert.deepEqual(await readdir(content.scratch), []);
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
    await reopen();
    assert.deepEqual(await readdir(content.scratch), ["new"]);
  });
});
