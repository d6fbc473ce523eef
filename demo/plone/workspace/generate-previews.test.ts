import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConversionEvent } from "../../docconv/conversion.ts";
import { brokenPdf, odf, pdf } from "../../docconv/samples.ts";
import { wordsFor } from "../../docconv/words.ts";
import { largeEvent, pageEvent, storePages, storeReady } from "../test-support/previews.ts";
import { type Reader, startSite, type TestSite } from "../test-support/site.ts";
import { abandonInterrupted, abandonTask, findInterrupted } from "./preview-task.ts";

/** A document of Jane's, and the task that was queued for it. */
async function uploaded(site: TestSite, content: Buffer, isPrivate = false) {
  const jane = await site.logIn("jane");
  await jane.upload({ name: "report.pdf", content: new Uint8Array(content) }, { isPrivate });
  const task = await site.nextTask();
  const [document] = await site.content.list();
  assert.ok(document);
  const state = async () => (await site.content.get(document.uid))?.state;
  return { jane, task, document, uid: document.uid, state };
}

/** The addresses that the reader has been told to fetch for a document once it is there, each once. */
async function told(site: TestSite, reader: Reader, uid: string): Promise<string[]> {
  const urls = (await site.messages(reader)).map((message) => JSON.stringify(message));
  const found = urls.flatMap((text) => new RegExp(`/workspace/${uid}/@@(?!row)[a-z-]+`).exec(text) ?? []);
  return [...new Set(found)];
}

/** Those who have the document's own page open. */
function pageOf(uid: string): Reader {
  return { topic: `document-${uid}` };
}

/** How often the owner has been told of the end. */
async function announced(site: TestSite): Promise<number> {
  return (await site.messages("jane")).filter((message) => JSON.stringify(message).includes('"announce"')).length;
}

describe("the task", () => {
  test("makes previews, and tells everyone where to fetch them", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, pdf(["Hello"]));
    assert.equal((await site.perform(task)).status, 200);
    const found = await state();
    assert.ok(found?.name === "ready");
    assert.equal(found.pageCount, 1);
    assert.match(found.pages[0]?.image?.text ?? "", /Hello/);
    assert.deepEqual(await told(site, "everybody", uid), [`/workspace/${uid}/@@preview-snippet`]);
    assert.deepEqual(await told(site, pageOf(uid), uid), [`/workspace/${uid}/@@pages-snippet`]);
    const url = `/workspace/${uid}/@@preview-snippet`;
    const replace = (place: string) =>
      `source: #preview-${uid}-${place}::element; target: #preview-${uid}-${place}::element`;
    assert.deepEqual((await site.messages("everybody")).at(-1), {
      type: "inject",
      url,
      inject: `${replace("listing")} && ${replace("stream")} && ${replace("status")}`,
      trace: `${uid}:preview`,
    });
    assert.deepEqual((await site.messages("jane")).at(-2), {
      type: "inject",
      html: `<span id="preview-${uid}-told"></span>`,
      inject: replace("told"),
      announce: "The preview of report.pdf is ready.",
      trace: `${uid}:end`,
    });
    const others = JSON.stringify([await site.messages("joe"), await site.messages("everybody")]);
    assert.ok(!others.includes("The preview of"), "only who uploaded it waits for it");
  });

  test("on a file that cannot be shown leaves a sentence, and tells everyone just the same", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, brokenPdf());
    assert.equal((await site.perform(task)).status, 200);
    const found = await state();
    assert.ok(found?.name === "failed");
    assert.match(found.words, /damaged/);
    for (const reader of ["everybody", pageOf(uid)] as const) assert.equal((await told(site, reader, uid)).length, 1);
  });

  test("on a private document tells nobody but its owner", async (t) => {
    const site = await startSite(t);
    const { task, uid } = await uploaded(site, brokenPdf(), true);
    await site.perform(task);
    assert.equal((await told(site, "jane", uid)).length, 2);
    for (const other of ["joe", "everybody", pageOf(uid)] as const) assert.deepEqual(await site.messages(other), []);
  });

  test("done twice has the same result, and the messages go out again", async (t) => {
    const site = await startSite(t);
    const { task, state } = await uploaded(site, brokenPdf());
    await site.perform(task);
    const first = await state();
    assert.equal((await site.perform(task)).status, 200);
    assert.equal(await state(), first);
    assert.equal(await announced(site), 2);
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
    assert.equal((await state())?.name, "waiting");
  });
});

/** A converter in the hands of the test: what it yields, and whatever is to happen in between. */
function scripted(...runs: (() => AsyncGenerator<ConversionEvent, void>)[]) {
  const asked: (number | undefined)[] = [];
  return {
    asked,
    convert: (
      _file: string,
      options: { readonly limits?: { readonly pages?: number | undefined } | undefined } = {},
    ) => {
      asked.push(options.limits?.pages);
      return (runs.shift() ?? assert.fail("one conversion too many"))();
    },
  };
}

const done = (total: number) => ({ type: "end", outcome: { state: "done", kind: "pdf", total } }) as const;

describe("page by page", () => {
  test("the first page is stored, and told at once, before the second is made", async (t) => {
    let seen: unknown;
    const converter = scripted(async function* () {
      yield pageEvent(1, 2);
      // The generator goes on when the page has been dealt with.
      seen = [
        (await site.content.list())[0]?.state.pages.length,
        await told(site, "everybody", uid),
        await told(site, pageOf(uid), uid),
      ];
      yield* [largeEvent(1), pageEvent(2, 2), largeEvent(2), done(2)];
    });
    const site = await startSite(t, { converter });
    const { task, uid, state } = await uploaded(site, odf("text", "Hello"));
    await site.perform(task);
    assert.deepEqual(seen, [1, [`/workspace/${uid}/@@preview-snippet`], [`/workspace/${uid}/@@pages-snippet`]]);
    assert.deepEqual([(await state())?.name, (await state())?.pages.length], ["ready", 2]);
  });

  test("of a long PDF only the first page is made at first, and the rest when others have had their turn", async (t) => {
    const converter = scripted(
      async function* () {
        yield* [pageEvent(1, 1), largeEvent(1), done(300)];
      },
      async function* () {
        yield* [pageEvent(1, 20), largeEvent(1), pageEvent(2, 20), largeEvent(2), done(300)];
      },
    );
    const site = await startSite(t, { converter });
    const { task, state } = await uploaded(site, pdf(["Hello"]));
    assert.equal((await site.perform(task)).status, 202);
    const first = await state();
    assert.deepEqual([first?.name, first?.pages.length], ["converting", 1]);
    assert.deepEqual(first?.name === "converting" && [first.page, first.of], [2, 20]);
    assert.equal(await announced(site), 0);
    assert.equal((await site.perform(task.rest ?? assert.fail())).status, 200);
    assert.deepEqual([(await state())?.name, (await state())?.pages.length], ["ready", 2]);
    assert.equal(await announced(site), 1);
    assert.deepEqual(converter.asked, [1, undefined]);
  });

  test("a PDF whose first page cannot be drawn is not given up for that", async (t) => {
    const converter = scripted(
      async function* () {
        yield {
          type: "end",
          outcome: { state: "failed", reason: "unreadable-pages", ...wordsFor("unreadable-pages") },
        };
      },
      async function* () {
        yield* [{ type: "lost", page: 1, of: 2, words: "Lost." } as const, pageEvent(2, 2), largeEvent(2), done(2)];
      },
    );
    const site = await startSite(t, { converter });
    const { task, state } = await uploaded(site, pdf(["Hello"]));
    assert.equal((await site.perform(task)).status, 202);
    await site.perform(task.rest ?? assert.fail());
    assert.equal((await state())?.name, "ready");
  });

  for (const reason of ["timeout", "crashed"] as const) {
    test(`what is there stays after: ${reason}`, async (t) => {
      const words = wordsFor(reason, "60 seconds");
      const converter = scripted(async function* () {
        yield* [pageEvent(1, 3), largeEvent(1), pageEvent(2, 3)];
        yield { type: "end", outcome: { state: "stopped", reason, ...words } };
      });
      const site = await startSite(t, { converter });
      const { task, state } = await uploaded(site, odf("text", "Hello"));
      assert.equal((await site.perform(task)).status, 200);
      const stopped = await state();
      assert.ok(stopped?.name === "stopped");
      assert.deepEqual([stopped.pages.length, stopped.words, stopped.again], [2, words.words, true]);
      assert.match(
        JSON.stringify(await site.messages("jane")),
        new RegExp(`A part of its preview is there. ${words.words}`),
      );
    });
  }

  test("a document is opened as what its name says, where its content does not tell", async (t) => {
    const names: unknown[] = [];
    const converter = {
      convert: (_file: string, { name }: { readonly name?: string | undefined } = {}) => {
        names.push(name);
        return scripted(async function* () {
          yield* [pageEvent(1, 1), largeEvent(1), done(1)];
        }).convert("");
      },
    };
    const site = await startSite(t, { converter });
    await (await site.logIn("jane")).upload({ name: `${"x".repeat(300)}.xls`, content: "hello" });
    await site.perform(await site.nextTask());
    assert.match(String(names[0]), /x…\.xls$/);
  });
});

describe("a document whose task is lost", () => {
  test("gets a sentence when the queue gives up", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, pdf(["Hello"]));
    await abandonTask(task, site.content, site.publisher);
    assert.deepEqual(await state(), {
      name: "failed",
      pages: [],
      ...wordsFor("abandoned"),
    });
    for (const reader of ["everybody", pageOf(uid)] as const) assert.equal((await told(site, reader, uid)).length, 1);
  });

  test("waits on when its file has been replaced since: that one has a task of its own", async (t) => {
    const site = await startSite(t);
    const { task, uid, state } = await uploaded(site, pdf(["Hello"]));
    await (await site.logIn("jane")).replace(uid, "better.pdf", "hello again");
    const next = await site.nextTask();
    await abandonTask(task, site.content, site.publisher);
    assert.equal((await state())?.name, "waiting");
    await abandonTask(next, site.content, site.publisher);
    assert.equal((await state())?.name, "failed");
  });

  test("gets a sentence when the server starts again, and others stay as they are", async (t) => {
    const site = await startSite(t);
    const lost = await uploaded(site, pdf(["Hello"]));
    await storeReady(site.content, lost.document, 1);
    const pending = await uploaded(site, pdf(["Hello again"]));
    await abandonInterrupted(await findInterrupted(site.content), site.content, site.publisher);
    assert.equal((await lost.state())?.name, "ready");
    assert.match(JSON.stringify(await pending.state()), /The server was restarted/);
  });

  test("in the middle keeps its pages, and can be tried again", async (t) => {
    const site = await startSite(t);
    const { document, state } = await uploaded(site, pdf(["Hello"]));
    await storePages(site.content, document, 3);
    await abandonInterrupted(await findInterrupted(site.content), site.content, site.publisher);
    const stopped = await state();
    assert.ok(stopped?.name === "stopped");
    assert.deepEqual(
      [stopped.pages.length, stopped.words, stopped.again],
      [3, ...Object.values(wordsFor("interrupted"))],
    );
  });
});
