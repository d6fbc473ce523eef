import assert from "node:assert/strict";
import { access, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { storeReady } from "../test-support/previews.ts";
import { startSite, type TestSite } from "../test-support/site.ts";

async function shared(site: TestSite, name = "report.pdf") {
  const jane = await site.logIn("jane");
  await jane.upload({ name, content: "hello" });
  const task = await site.nextTask();
  const [document = assert.fail()] = await site.content.list();
  return { jane, task, document, path: `/workspace/${document.uid}` };
}

describe("a document", () => {
  test("gets another title, shown as it is, and everybody's rows and its own page are told", async (t) => {
    const site = await startSite(t);
    const { jane, document, path } = await shared(site);
    await storeReady(site.content, document, 1);
    const before = (await site.messages("everybody")).length;
    const form = { _authenticator: await jane.authenticator(), title: "<script>'\u202e.pdf" };
    const response = await jane.post(`${path}/@@rename`, form, { "X-Requested-With": "XMLHttpRequest" });
    assert.match(await response.text(), /id="document-.*&#60;script&#62;&#39;.*id="activity-/s);
    assert.equal((await site.content.get(document.uid))?.title, "<script>' .pdf");
    const told = JSON.stringify((await site.messages("everybody")).slice(before));
    for (const what of [`#document-${document.uid}::element`, '"marker":"documents"'])
      assert.ok(told.includes(what), what);
    const byPage = await site.messages({ topic: `document-${document.uid}` });
    assert.match(JSON.stringify(byPage.at(-1)), /@@title/);
    assert.equal((await jane.post(`${path}/@@rename`, { ...form, title: " " })).status, 400);
  });

  test("is deleted once, by two at the same time, and its task with it", async (t) => {
    const site = await startSite(t);
    const { jane, task, document, path } = await shared(site);
    const { root } = site.content.original(document);
    const form = { _authenticator: await jane.authenticator() };
    const statuses = await Promise.all([1, 2].map(async () => (await jane.post(`${path}/@@delete`, form)).status));
    assert.ok(
      statuses.every((status) => status === 303 || status === 404),
      String(statuses),
    );
    await assert.rejects(access(root));
    const told = (await site.messages("everybody")).filter((message) =>
      JSON.stringify(message).includes("source: none"),
    );
    assert.equal(told.length, 1);
    assert.equal((await site.perform(task)).status, 404);
    assert.equal((await jane.get(path)).status, 404);
  });

  test("is deleted while it is converted: nothing of it comes back", async (t) => {
    const converter = {
      async *convert() {
        const [document = assert.fail()] = await site.content.list();
        await site.content.remove(document);
        yield { type: "end", outcome: { state: "failed", reason: "broken", words: "Broken.", again: false } } as const;
      },
    };
    const site: TestSite = await startSite(t, { converter });
    const { task, document } = await shared(site);
    const response = await site.perform(task);
    assert.deepEqual([response.status, await response.json()], [200, { state: "deleted" }]);
    await assert.rejects(access(site.content.original(document).root));
  });

  test("is changed by its owner alone", async (t) => {
    const site = await startSite(t);
    const { path, document } = await shared(site);
    const joe = await site.logIn("joe");
    const form = { _authenticator: await joe.authenticator(), title: "Mine.pdf" };
    for (const view of ["@@rename", "@@delete"])
      assert.equal((await joe.post(`${path}/${view}`, form)).status, 403, view);
    assert.equal((await site.content.get(document.uid))?.title, "report.pdf");
    assert.doesNotMatch(await joe.read("/workspace"), /@@delete/);
  });
});

describe("a search", () => {
  test("finds by title and by what the pages say, in an order, and never what is private", async (t) => {
    const site = await startSite(t);
    const { jane, document } = await shared(site, "Résumé.pdf");
    await storeReady(site.content, document, 1); // Once upon a time
    await jane.upload({ name: "Another.pdf", content: "longer" });
    await jane.upload({ name: "Secret.pdf", content: "hello" }, { isPrivate: true });
    const joe = await site.logIn("joe");
    const titles = async (query: string) =>
      [...(await joe.read(`/workspace/@@updates?${query}`)).matchAll(/<h3><a[^>]*>([^<]*)/g)].map(([, title]) => title);
    assert.deepEqual(await titles("q=resume"), ["Résumé.pdf"]);
    assert.deepEqual(await titles("q=TIME+upon"), ["Résumé.pdf"]);
    assert.deepEqual(await titles("q=secret"), []);
    assert.deepEqual(await titles("sort=title"), ["Another.pdf", "Résumé.pdf"]);
    assert.deepEqual(await titles("sort=size"), ["Another.pdf", "Résumé.pdf"]);
    assert.deepEqual(await titles("sort=oldest&q="), ["Résumé.pdf", "Another.pdf"]);
    assert.deepEqual(await titles("sort=nonsense&sort=x&q[]=1"), ["Another.pdf", "Résumé.pdf"]);
  });

  test("for anything at all is answered, and says what was searched for", async (t) => {
    const site = await startSite(t);
    const { jane } = await shared(site);
    for (const text of ["<script>alert(1)</script>", "'", "%", "\u0000", "x".repeat(10_000)]) {
      const page = await jane.read(`/workspace?q=${encodeURIComponent(text)}`);
      assert.match(page, /No document with “/);
      assert.doesNotMatch(page, /<script>alert/);
    }
  });

  test("gives more than one part, each document once", async (t) => {
    const site = await startSite(t);
    const { jane } = await shared(site);
    const { root, name } = site.content.original((await site.content.list())[0] ?? assert.fail());
    for (let n = 0; n < 70; n += 1) await copyIn(site, `${root}/${name}`, n);
    const first = await jane.read("/workspace");
    const next =
      /url: (\/workspace\/@@more\?after=[0-9a-f]+)/.exec(first.replaceAll("&#61;", "="))?.[1] ?? assert.fail();
    const uids = (page: string) => [...page.matchAll(/id="document-([0-9a-f]+)"/g)].map(([, uid]) => uid);
    const more = await jane.read(next);
    assert.deepEqual([uids(first).length, uids(more).length], [60, 11]);
    assert.equal(new Set([...uids(first), ...uids(more)]).size, 71);
    assert.doesNotMatch(more, /documents-more/);
  });
});

async function copyIn({ content }: TestSite, original: string, n: number): Promise<void> {
  const draft = join(content.scratch, `copy-${n}`);
  await copyFile(original, draft);
  await content.add(draft, { title: `${n}.pdf`, size: n, owner: "joe", created: n, isPrivate: false });
}
