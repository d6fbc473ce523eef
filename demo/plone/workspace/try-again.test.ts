import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { storePages } from "../test-support/previews.ts";
import { startSite, type TestSite } from "../test-support/site.ts";
import { MAX_UNFINISHED_DOCUMENTS } from "./unfinished.ts";

/** A document of Jane's that has one page, and stopped behind it. */
async function stopped(site: TestSite, again = true) {
  const jane = await site.logIn("jane");
  await jane.upload({ name: "report.pdf", content: "%PDF-hello" });
  await site.nextTask();
  const [document] = await site.content.list();
  assert.ok(document);
  await (await storePages(site.content, document, 1)).ended({ words: "It took too long.", again });
  const state = async () => (await site.content.get(document.uid))?.state;
  return { jane, document, state, path: `/workspace/${document.uid}/@@try-again` };
}

describe("trying again", () => {
  test("queues the conversion once more as its user, with the pages that are there, and tells everyone", async (t) => {
    const site = await startSite(t);
    const { jane, path, state, document } = await stopped(site);
    const before = (await site.messages("everybody")).length;
    const form = { _authenticator: await jane.authenticator(), place: "stream" };
    const response = await jane.post(path, form, { "X-Requested-With": "XMLHttpRequest" });
    assert.equal(response.status, 200);
    const snippet = await response.text();
    assert.equal(snippet.match(/Waiting for its turn/g)?.length, 2);
    assert.equal(snippet.match(/@@preview\/1-/g)?.length, 2);
    const task = await site.nextTask();
    assert.deepEqual([task.name, task.user, task.cookie], ["generate-previews", "jane", jane.cookie]);
    assert.equal(task.url, `/workspace/${document.uid}/@@generate-previews`);
    assert.equal((await state())?.name, "waiting");
    assert.match(JSON.stringify((await site.messages("everybody")).slice(before)), /@@preview-snippet/);
  });

  test("works without JavaScript, from the workspace and from the document's page", async (t) => {
    const site = await startSite(t);
    for (const place of ["listing", "pages"]) {
      const { jane, path, document } = await stopped(site);
      const response = await jane.post(path, { _authenticator: await jane.authenticator(), place });
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), place === "pages" ? `/workspace/${document.uid}` : "/workspace");
      await site.nextTask();
    }
  });

  test("twice at once queues it once", async (t) => {
    const site = await startSite(t);
    const { jane, path } = await stopped(site);
    const form = { _authenticator: await jane.authenticator() };
    const before = site.tasks.length;
    const responses = await Promise.all([jane.post(path, form), jane.post(path, form)]);
    assert.deepEqual(
      responses.map(({ status }) => status),
      [303, 303],
    );
    await site.nextTask();
    assert.equal(site.tasks.length, before + 1);
  });

  test("is refused to others, to foreign forms, and does nothing where it cannot help", async (t) => {
    const site = await startSite(t);
    const { jane, path, state } = await stopped(site);
    const joe = await site.logIn("joe");
    const before = site.tasks.length;
    assert.equal((await joe.post(path, { _authenticator: await joe.authenticator() })).status, 403);
    assert.equal((await jane.post(path, {}, { Origin: "https://evil.example" })).status, 403);
    assert.equal((await site.visitor().post(path, {})).status, 401);
    assert.equal((await state())?.name, "stopped");
    const hopeless = await stopped(site, false);
    await jane.post(hopeless.path, { _authenticator: await jane.authenticator() });
    assert.equal((await hopeless.state())?.name, "stopped");
    assert.equal(site.tasks.length, before + 1, "the second document's own");
  });
});

test("a user has a limit of waiting documents, others have their own, and nothing is stored beyond it", async (t) => {
  const site = await startSite(t);
  const { jane, path } = await stopped(site);
  const authenticator = await jane.authenticator();
  const upload = (name: string) => jane.upload({ name, content: "hello" }, { authenticator });
  const all = await Promise.all(Array.from({ length: MAX_UNFINISHED_DOCUMENTS + 2 }, (_, index) => upload(`${index}`)));
  assert.equal(all.filter(({ status }) => status === 303).length, MAX_UNFINISHED_DOCUMENTS);
  const refused = all.find(({ status }) => status === 429);
  assert.match((await refused?.text()) ?? "", /20 of your documents wait for their previews, which is the limit/);
  assert.equal((await jane.post(path, { _authenticator: authenticator })).status, 429);
  assert.equal((await site.content.list()).length, MAX_UNFINISHED_DOCUMENTS + 1);
  assert.equal((await (await site.logIn("joe")).upload({ name: "joe", content: "hello" })).status, 303);
  const [document] = (await site.content.list()).filter(
    ({ owner, state }) => owner === "jane" && state.name === "waiting",
  );
  assert.ok(document);
  await (await site.content.previews(document)).ended({ words: "It is broken.", again: false });
  assert.equal((await upload("one more")).status, 303);
});
