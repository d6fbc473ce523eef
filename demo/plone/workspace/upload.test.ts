import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { storeReady } from "../test-support/previews.ts";
import { startSite, type TestSite } from "../test-support/site.ts";

const file = { name: "report.pdf", content: "hello" };

async function assertNothingStored(site: TestSite): Promise<void> {
  assert.deepEqual(await site.content.list(), []);
  assert.deepEqual(await readdir(site.content.scratch), []);
  assert.deepEqual(site.tasks, []);
  for (const reader of ["jane", "joe", "everybody"] as const) assert.deepEqual(await site.messages(reader), []);
}

/** The sentence in the element that pat-inject takes out of an answer. */
async function wordsOf(response: Response): Promise<string | undefined> {
  return /id="upload-message"[^>]*>.*?<span>(.*?)<\/span>/s.exec(await response.text())?.[1];
}

describe("an upload", () => {
  test("is stored, shown as pending, and followed by a task that has its user's cookie", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const response = await jane.upload(file);
    const [document] = await site.content.list();
    assert.ok(document);
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), `/workspace?uploaded=${document.uid}`);
    assert.equal(document.title, "report.pdf");
    assert.equal(document.owner, "jane");
    const { root, name } = site.content.original(document);
    assert.equal(await readFile(join(root, name), "utf8"), "hello");

    const page = await jane.read(`/workspace?uploaded=${document.uid}`);
    assert.match(page, /report\.pdf<\/a> is in the workspace/);
    for (const place of ["listing", "stream"]) {
      const placeholder =
        `<div id="preview-${document.uid}-${place}" class="preview is-${place} is-waiting is-pending pat-inject-async"` +
        ` aria-busy="true"\\s+data-pat-inject-async="pending: /workspace/${document.uid}/@@preview-snippet; swap: morph">\\s+` +
        '<img src="[^"]+/placeholder\\.svg[^"]*" alt="Preview is being generated"';
      assert.match(page, new RegExp(placeholder));
    }
    const task = await site.nextTask();
    assert.equal(task.name, "generate-previews");
    assert.equal(task.url, `/workspace/${document.uid}/@@generate-previews`);
    assert.equal(task.cookie, jane.cookie);
  });

  test("names the page it comes from in the messages that it leads to, if that is a token", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    for (const [token, author] of [
      ["4f2a", "4f2a"],
      ["no token", undefined],
    ] as const) {
      const form = new FormData();
      form.set("_authenticator", await jane.authenticator());
      form.set("file", new Blob(["hello"]), "report.pdf");
      await jane.post("/workspace/@@upload", form, { "X-Inject-Async-Page": token });
      await site.nextTask();
      const message = (await site.messages("everybody")).at(-2);
      assert.ok(message);
      assert.equal(Reflect.get(message, "author"), author);
    }
  });

  test("sent by the pattern is answered with its rows alone", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const form = new FormData();
    form.set("_authenticator", await jane.authenticator());
    form.set("file", new Blob(["hello"]), "report.pdf");
    const response = await jane.post("/workspace/@@upload", form, { "X-Requested-With": "XMLHttpRequest" });
    assert.equal(response.status, 200);
    const row = await response.text();
    assert.match(row, /^<ul id="uploads"><li id="upload-[0-9a-f]{16}".*report\.pdf<\/a> is in the workspace/s);
    for (const place of ["listing", "stream"]) assert.match(row, new RegExp(`id="preview-[0-9a-f]+-${place}"`));
    assert.ok(row.length < 6_000, `${row.length} characters`);
  });

  test("whose browser is gone before the answer is converted all the same", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const { hostname, port } = new URL(site.url);
    const body = '--x\r\nContent-Disposition: form-data; name="file"; filename="report.pdf"\r\n\r\nhello\r\n--x--\r\n';
    const head = [
      "POST /workspace/@@upload HTTP/1.1",
      `Host: ${hostname}:${port}`,
      `Cookie: ${jane.cookie}`,
      "Content-Type: multipart/form-data; boundary=x",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const socket = connect(Number(port), hostname);
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.resetAndDestroy());
    assert.equal((await site.nextTask()).name, "generate-previews");
  });

  test("is announced to everyone as one row, and notified to everyone else", async (t) => {
    const site = await startSite(t);
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    await jane.upload(file);
    await site.nextTask();
    const [{ uid } = assert.fail()] = await site.content.list();
    const added = {
      type: "inject",
      url: `/workspace/${uid}/@@row`,
      inject:
        `source: #document-${uid}::element; target: #documents-newest::before` +
        ` && source: #activity-${uid}::element; target: #activity-newest::before`,
      once: true,
      trace: `${uid}:row`,
    };
    const lists = { type: "push", marker: "documents" };
    const [bell, ...more] = await site.messages("joe");
    assert.deepEqual(await site.messages("everybody"), [added, lists]);
    assert.deepEqual([await site.messages("jane"), more], [[{ type: "push", marker: "trail" }], []]);
    assert.match(JSON.stringify(bell), /"url":"\/@@notifications"/);
    assert.match(await joe.read("/workspace/@@updates"), /id="documents".*report\.pdf.*id="activity-stream"/s);
    assert.match(await joe.read("/@@notifications"), /id="notifications-count"[^>]*>1<.*Jane Doe shared report\.pdf/s);
    assert.match(await jane.read("/@@notifications"), /id="notifications-count"[^>]*>0</);
  });

  test("that is private is announced to its owner alone", async (t) => {
    const site = await startSite(t);
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    await jane.upload(file, { isPrivate: true });
    await site.nextTask();
    assert.equal((await site.messages("jane")).length, 3);
    for (const other of ["joe", "everybody"] as const) assert.deepEqual(await site.messages(other), []);
    for (const path of ["/workspace", "/workspace/@@updates", "/@@notifications"]) {
      assert.doesNotMatch(await joe.read(path), /report\.pdf/, path);
    }
    assert.match(await jane.read("/workspace/@@updates"), /report\.pdf.*Private/s);
  });

  test("has its name shown as it is, whatever it looks like, without what cannot be seen", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const name = `"><img src=x onerror=alert(1)>&amp; ${"\u202e"}grüße.pdf`;
    await jane.upload({ name, content: "hello" });
    const [document] = await site.content.list();
    assert.equal(document?.title, '"><img src=x onerror=alert(1)>&amp; grüße.pdf');
    await storeReady(site.content, document, 1);
    const pages = ["/workspace", `/workspace?uploaded=${document.uid}`, `/workspace/${document.uid}`];
    for (const path of [...pages, "/workspace/@@updates"]) {
      const page = await jane.read(path);
      assert.doesNotMatch(page, /<img src=x/, path);
      assert.match(page, /&#34;&#62;&#60;img src&#61;x onerror&#61;alert\(1\)&#62;&#38;amp; grüße\.pdf/, path);
    }
    assert.doesNotMatch(await (await site.logIn("joe")).read("/@@notifications"), /<img src=x/);
    assert.doesNotMatch(await jane.read(`/workspace/${document.uid}/@@preview-snippet`), /<img src=x/);
    const download = await jane.get(`/workspace/${document.uid}/@@download`);
    assert.match(download.headers.get("content-disposition") ?? "", /^attachment; filename=/);
  });
});

describe("an upload is refused in words, and nothing is stored,", () => {
  const cases = [
    ["without a file", undefined, {}, 400, /no file in the form/],
    ["in a field of another name", file, { field: "document" }, 400, /expected one file in the field “file”/],
    ["over the limit", { name: "big.pdf", content: "x".repeat(101) }, {}, 413, /larger than 100 bytes/],
    ["with an empty authenticator", file, { authenticator: "" }, 403, /out of date/],
    ["with a wrong authenticator", file, { authenticator: "0".repeat(64) }, 403, /out of date/],
  ] as const;
  for (const [what, given, options, status, words] of cases) {
    test(what, async (t) => {
      const site = await startSite(t, { maxUploadBytes: 100 });
      const response = await (await site.logIn("jane")).upload(given, options);
      assert.equal(response.status, status);
      assert.match((await wordsOf(response)) ?? "", words);
      await assertNothingStored(site);
    });
  }

  test("with someone else's authenticator", async (t) => {
    const site = await startSite(t);
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    assert.equal((await jane.upload(file, { authenticator: await joe.authenticator() })).status, 403);
    await assertNothingStored(site);
  });

  test("by someone whose session is over or forged", async (t) => {
    const site = await startSite(t);
    const authenticator = await (await site.logIn("jane")).authenticator();
    for (const cookie of ["", "__ac=forged"]) {
      const visitor = site.visitor();
      visitor.cookie = cookie;
      const response = await visitor.upload(file, { authenticator });
      assert.equal(response.status, 401);
      assert.match((await wordsOf(response)) ?? "", /not signed in, so nothing was saved/);
    }
    await assertNothingStored(site);
  });

  test("when the form is cut off or invalid", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const post = (type: string, body: string) =>
      fetch(`${site.url}workspace/@@upload`, {
        method: "POST",
        headers: { Cookie: jane.cookie, "Content-Type": type },
        body,
      });
    const begun = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nhel';
    const broken = await post("multipart/form-data; boundary=x", begun);
    assert.equal(broken.status, 400);
    assert.match((await wordsOf(broken)) ?? "", /damaged or incomplete/);
    assert.equal((await post("multipart/form-data", begun)).status, 400);
    assert.equal((await post("application/json", "{}")).status, 400, "no form");
    await assertNothingStored(site);
    assert.deepEqual(site.log, []);
  });
});
