import assert from "node:assert/strict";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { largeEvent, pageEvent, storePages, storeReady } from "../test-support/previews.ts";
import { startSite, type TestSite } from "../test-support/site.ts";

async function shared(site: TestSite) {
  const jane = await site.logIn("jane");
  await jane.upload({ name: "report.pdf", content: "hello" });
  const task = await site.nextTask();
  const [document = assert.fail()] = await site.content.list();
  return { jane, task, document, uid: document.uid };
}

describe("a document's file", () => {
  test("is replaced by another: it waits for its previews again, keeps its address, and everybody is told, and its own page", async (t) => {
    const site = await startSite(t);
    const { jane, document, uid } = await shared(site);
    await storeReady(site.content, document, 1);
    const old = site.content.original(document).root;
    const before = (await site.messages("everybody")).length;
    const response = await jane.replace(uid, "better.txt", "hello again");
    assert.deepEqual([response.status, response.headers.get("location")], [303, `/workspace/${uid}`]);
    const task = await site.nextTask();
    const found = (await site.content.get(uid)) ?? assert.fail();
    assert.deepEqual([found.title, found.size, found.version, found.created], ["better.txt", 11, 2, document.created]);
    assert.deepEqual(found.state, { name: "waiting", pages: [] });
    const { root, name } = site.content.original(found);
    assert.equal(await readFile(join(root, name), "utf8"), "hello again");
    await assert.rejects(access(old));
    assert.deepEqual(await readdir(site.content.scratch), []);
    const told = JSON.stringify((await site.messages("everybody")).slice(before));
    for (const view of ["@@row", "@@preview-snippet"]) assert.ok(told.includes(view), view);
    const byPage = JSON.stringify(await site.messages({ topic: `document-${uid}` }));
    for (const view of ["@@title", "@@pages-snippet"]) assert.ok(byPage.includes(view), view);
    assert.deepEqual([task.url, task.quietMs], [`/workspace/${uid}/@@generate-previews`, 3000]);
    // Pictures are kept for ever under their address.
    await storeReady(site.content, found, 1);
    const page = await jane.read(`/workspace/${uid}`);
    const [src = ""] = /@@preview\/1-large\.webp\?2[^"]*/.exec(page) ?? assert.fail();
    assert.match((await jane.get(`/workspace/${uid}/${src}`)).headers.get("cache-control") ?? "", /immutable/);
    const outdated = await jane.get(`/workspace/${uid}/${src.replace("?2", "?1")}`);
    assert.equal(outdated.headers.get("cache-control"), "private, no-cache");
  });

  test("is replaced while the one before is converted: nothing of that one is shown", async (t) => {
    let replaced = false;
    const converter = {
      async *convert() {
        yield pageEvent(1, 2);
        if (!replaced) {
          replaced = true;
          await jane.replace(uid, "better.pdf", "hello again");
        }
        yield* [largeEvent(1), pageEvent(2, 2), largeEvent(2)];
        yield { type: "end", outcome: { state: "done", kind: "pdf", total: 2 } } as const;
      },
    };
    const site: TestSite = await startSite(t, { converter });
    const { jane, task, uid } = await shared(site);
    const response = await site.perform(task);
    assert.deepEqual([response.status, await response.json()], [200, { state: "replaced" }]);
    assert.deepEqual((await site.content.get(uid))?.state, { name: "waiting", pages: [] });
    assert.equal((await site.perform(await site.nextTask())).status, 200);
    const found = await site.content.get(uid);
    assert.deepEqual([found?.state.name, found?.title], ["ready", "better.pdf"]);
  });

  test("is replaced by two at once, and renamed meanwhile: one file is left, whole", async (t) => {
    const site = await startSite(t);
    const { jane, document, uid } = await shared(site);
    await storePages(site.content, document, 1);
    const form = { _authenticator: await jane.authenticator(), title: "Renamed.pdf" };
    const answers = await Promise.all([
      jane.replace(uid, "b.txt", "bb"),
      jane.post(`/workspace/${uid}/@@rename`, form),
      jane.replace(uid, "c.txt", "cc"),
    ]);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
    const found = (await site.content.get(uid)) ?? assert.fail();
    const { root, name } = site.content.original(found);
    assert.match(await readFile(join(root, name), "utf8"), /^(?:bb|cc)$/);
    assert.deepEqual((await readdir(join(root, ".."))).sort(), [String(found.version), "meta.json"]);
  });

  test("is replaced by its owner alone, with a file, from a form of the site", async (t) => {
    const site = await startSite(t);
    const { jane, document, uid } = await shared(site);
    const joe = await site.logIn("joe");
    assert.equal((await joe.replace(uid, "mine.txt", "mine")).status, 403);
    assert.doesNotMatch(await joe.read(`/workspace/${uid}`), /@@replace/);
    assert.match(await jane.read(`/workspace/${uid}`), /@@replace/);
    assert.equal((await jane.replace("0123456789abcdef", "a.txt", "a")).status, 404);
    assert.equal((await jane.replace(uid, "large.txt", "x".repeat(1_000_001))).status, 413);
    const form = new FormData();
    form.set("_authenticator", await joe.authenticator());
    form.set("file", new Blob(["forged"]), "forged.txt");
    assert.equal((await jane.post(`/workspace/${uid}/@@replace`, form)).status, 403);
    const empty = new FormData();
    empty.set("_authenticator", await jane.authenticator());
    assert.equal((await jane.post(`/workspace/${uid}/@@replace`, empty)).status, 400);
    assert.deepEqual(await site.content.get(uid), document);
    assert.deepEqual(await readdir(site.content.scratch), []);
  });
});
