import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brokenPdf, pdf } from "../../docconv/samples.ts";
import { startSite, type TestSite } from "../test-support/site.ts";
import { abandonInterrupted, abandonTask, findInterrupted } from "./preview-task.ts";

/** A document of Jane's, and the task that was queued for it. */
async function uploaded(site: TestSite, content: Buffer, isPrivate = false) {
  const jane = await site.logIn("jane");
  await jane.upload({ name: "report.pdf", content: new Uint8Array(content) }, { isPrivate });
  const task = await site.nextTask();
  const [document] = await site.content.list();
  assert.ok(document);
  const state = async () => (await site.content.get(document.uid))?.state;
  return { jane, task, uid: document.uid, state };
}

/** The addresses that the user has been told to fetch for a document. */
async function told(site: TestSite, user: string, uid: string): Promise<string[]> {
  const urls = (await site.messages(user)).map((message) => JSON.stringify(message));
  return urls.flatMap((text) => new RegExp(`/workspace/${uid}/@@[a-z-]+`).exec(text) ?? []);
}

describe("the task", () => {
  test("makes previews, and tells everyone where to fetch them", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, pdf(["Hello"]));
    assert.equal((await site.perform(task)).status, 200);
    const found = await state();
    assert.ok(found?.name === "ready");
    assert.equal(found.pageCount, 1);
    assert.match(found.pages[0]?.text ?? "", /Hello/);
    for (const user of ["jane", "joe"]) {
      assert.deepEqual(await told(site, user, uid), [
        `/workspace/${uid}/@@preview-snippet`,
        `/workspace/${uid}/@@pages-snippet`,
      ]);
    }
    assert.deepEqual((await site.messages("jane"))[1], {
      type: "inject",
      url: `/workspace/${uid}/@@preview-snippet`,
      inject:
        `source: #preview-${uid}-listing::element; target: #preview-${uid}-listing::element` +
        ` && source: #preview-${uid}-stream::element; target: #preview-${uid}-stream::element`,
      announce: "The preview of report.pdf is ready.",
    });
    const joes = JSON.stringify(await site.messages("joe"));
    assert.ok(!joes.includes("announce"), "only who uploaded it waits for it");
  });

  test("on a file that cannot be shown leaves a sentence, and tells everyone just the same", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, brokenPdf());
    assert.equal((await site.perform(task)).status, 200);
    const found = await state();
    assert.ok(found?.name === "failed");
    assert.match(found.message, /damaged/);
    assert.equal((await told(site, "joe", uid)).length, 2);
  });

  test("on a private document tells nobody but its owner", async (t) => {
    const site = await startSite(t);
    const { task, uid } = await uploaded(site, brokenPdf(), true);
    await site.perform(task);
    assert.equal((await told(site, "jane", uid)).length, 2);
    assert.deepEqual(await site.messages("joe"), []);
  });

  test("done twice has the same result, and the messages go out again", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, brokenPdf());
    await site.perform(task);
    const first = await state();
    assert.equal((await site.perform(task)).status, 200);
    assert.equal(await state(), first);
    assert.equal((await told(site, "jane", uid)).length, 4);
  });

  test("is done although its user has logged out meanwhile", async (t) => {
    const site = await startSite(t);
    const { jane, task, state } = await uploaded(site, brokenPdf());
    await jane.post("/logout", { _authenticator: await jane.authenticator() });
    assert.equal((await site.perform(task)).status, 200);
    assert.equal((await state())?.name, "failed");
  });

  test("is refused without its user, the authenticator, its name, or the right to change the document", async (t) => {
    const site = await startSite(t);
    const { jane, task, state } = await uploaded(site, brokenPdf());
    const joe = await site.logIn("joe");
    const form = { _authenticator: await joe.authenticator() };
    const statuses = await Promise.all(
      [
        site.perform({ ...task, cookie: "" }),
        site.perform({ ...task, form: {} }),
        site.perform({ ...task, form }),
        site.perform(task, { "X-Task-Name": "" }),
        site.perform({ ...task, cookie: joe.cookie, form }),
        site.perform({ ...task, url: "/workspace/0123456789abcdef/@@generate-previews" }),
        jane.post(task.url, { ...task.form }, { "X-Task-Name": task.name }),
      ].map(async (response) => (await response).status),
    );
    assert.deepEqual(statuses, [401, 403, 403, 400, 403, 404, 404], "the last one: the frontend does not do this work");
    assert.equal((await state())?.name, "pending");
  });
});

describe("a document whose task is lost", () => {
  test("gets a sentence when the queue gives up", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, pdf(["Hello"]));
    await abandonTask(task, site.content, site.publisher);
    assert.deepEqual(await state(), {
      name: "failed",
      message: "The preview could not be generated. The document itself is safe.",
    });
    assert.equal((await told(site, "joe", uid)).length, 2);
  });

  test("gets a sentence when the server starts again, and others stay as they are", async (t) => {
    const site = await startSite(t);
    const lost = await uploaded(site, pdf(["Hello"]));
    await site.content.setReady(lost.uid, { pages: [], pageCount: 0 });
    const pending = await uploaded(site, pdf(["Hello again"]));
    await abandonInterrupted(await findInterrupted(site.content), site.content, site.publisher);
    assert.equal((await lost.state())?.name, "ready");
    assert.match(JSON.stringify(await pending.state()), /The server was restarted/);
  });
});
