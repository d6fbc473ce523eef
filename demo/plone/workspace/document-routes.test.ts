import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pageEvent, pixels, storePages, storeReady } from "../test-support/previews.ts";
import { startSite, type TestSite } from "../test-support/site.ts";

async function uploaded(site: TestSite, isPrivate = false) {
  await (await site.logIn("jane")).upload({ name: "report.pdf", content: "hello" }, { isPrivate });
  const [document] = await site.content.list();
  assert.ok(document);
  await site.nextTask();
  return { path: `/workspace/${document.uid}`, document, uid: document.uid };
}

const VIEWS = ["", "/@@preview-snippet", "/@@pages-snippet", "/@@preview/1-small.webp", "/@@download"] as const;

describe("a document", () => {
  test("that is private is refused to others in every view", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site, true);
    await storeReady(site.content, document, 1);
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    for (const view of VIEWS) {
      assert.equal((await jane.get(path + view)).status, 200, view);
      const refused = await joe.get(path + view);
      assert.equal(refused.status, 403, view);
      assert.match(await refused.text(), /This document is private/);
    }
  });

  test("has a topic of its own, which its page alone may listen to, and none when it is private", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const topics = async (path: string) => /topics: ([^;]*);/.exec(await jane.read(path))?.[1]?.split(/~\S+ ?/);
    const open = await uploaded(site);
    assert.deepEqual(await topics(open.path), ["workspace", `document-${open.uid}`, ""]);
    assert.deepEqual(await topics("/workspace"), ["workspace", ""]);
    const { path, document } = await uploaded(site, true);
    assert.deepEqual(await topics(path), ["workspace", ""]);
    await site.publisher.enlarged(document);
    assert.match(JSON.stringify((await site.messages("jane")).at(-1)), /@@pages-snippet/);
  });

  test("sends the anonymous to the login page in every view, as Plone does", async (t) => {
    const site = await startSite(t);
    const { path } = await uploaded(site);
    for (const view of VIEWS) {
      const response = await site.visitor().get(path + view);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("location"), `/login?came_from=${encodeURIComponent(path + view)}`);
    }
  });

  test("that does not exist is not found in any view, nor is anything beside it", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site);
    await storeReady(site.content, document, 1);
    const joe = await site.logIn("joe");
    const nowhere = VIEWS.map((view) => `/workspace/0123456789abcdef${view}`);
    const beside = ["/workspace/..%2f..%2fsecret", "/workspace/%252e%252e", `${path}/@@nonsense`, "/nonsense"];
    const images = [
      "0-small",
      "2-small",
      "1-huge",
      "1-small.webp%2f..%2fresult",
      "..%2f..%2fmeta",
      "1e0-small",
      "01-small",
      "-1-small",
    ];
    for (const wrong of [...nowhere, ...beside, ...images.map((name) => `${path}/@@preview/${name}.webp`)]) {
      const response = await joe.get(wrong);
      assert.equal(response.status, 404, wrong);
      assert.match(await response.text(), /<h1>Not found<\/h1>/, wrong);
    }
  });
});

describe("the preview snippet", () => {
  test("is a placeholder in both places while the conversion runs, and reading it changes nothing", async (t) => {
    const site = await startSite(t);
    const { path } = await uploaded(site);
    const joe = await site.logIn("joe");
    const before = [await site.content.list(), await site.messages("joe"), site.tasks.length];
    const snippet = await joe.read(`${path}/@@preview-snippet`);
    assert.equal(snippet.match(/aria-busy="true"/g)?.length, 3, "and the row of the upload");
    assert.equal(await joe.read(`${path}/@@preview-snippet`), snippet);
    assert.deepEqual([await site.content.list(), await site.messages("joe"), site.tasks.length], before);
  });

  test("has an image in both places once it is ready, with the page's text for those who cannot see it", async (t) => {
    const site = await startSite(t);
    const { path, document, uid } = await uploaded(site);
    await storeReady(site.content, document, 2);
    const joe = await site.logIn("joe");
    const snippet = await joe.read(`${path}/@@preview-snippet`);
    const places = snippet.split('<div id="').slice(1);
    assert.deepEqual(
      places.map((place) => place.split('"')[0]),
      [`preview-${uid}-listing`, `preview-${uid}-stream`, `preview-${uid}-status`],
    );
    for (const place of places.slice(0, 2)) {
      assert.match(place, /alt="Page 1 of report\.pdf: Once upon a time"/);
      assert.doesNotMatch(place, /aria-busy|pending/);
    }
    assert.match(
      snippet,
      new RegExp(
        `src="${path}/@@preview/1-small\\.webp\\?1\\.1".*src="${path}/@@preview/1-normal\\.webp\\?1\\.1"`,
        "s",
      ),
    );
    const pages = await joe.read(`${path}/@@pages-snippet`);
    assert.deepEqual(pages.match(/[0-9]-(?:small|large)/g), ["1-small", "2-small", "1-large"]);
  });

  test("says in both places why there is none", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site);
    await (await site.content.previews(document)).ended({ words: "The file is <broken>.", again: false });
    const snippet = await (await site.logIn("joe")).read(`${path}/@@preview-snippet`);
    assert.equal(snippet.match(/<p>.*The file is &#60;broken&#62;\./g)?.length, 2);
  });
});

describe("while the conversion runs", () => {
  test("the first page is in both places, with the progress of the others, and the document's page has what there is", async (t) => {
    const site = await startSite(t);
    const { path, document, uid } = await uploaded(site);
    const writer = await storePages(site.content, document, 2);
    await writer.converting(3, 20);
    await writer.add(pageEvent(3, 20), 20);
    const joe = await site.logIn("joe");
    const snippet = await joe.read(`${path}/@@preview-snippet`);
    assert.equal(snippet.match(/Converting page 3 of 20<\/span>\s*<progress max="20" value="2">/g)?.length, 3);
    assert.equal(snippet.match(/@@preview\/1-/g)?.length, 2);
    assert.equal(snippet.match(/aria-busy="true"/g)?.length, 3);
    assert.equal(snippet.match(new RegExp(`pending: ${path}/@@preview-snippet; swap: morph`, "g"))?.length, 3);
    assert.match(snippet, new RegExp(`id="preview-${uid}-status"[^>]*>\\s*<span>Its first page is there`));
    const pages = await joe.read(`${path}/@@pages-snippet`);
    assert.deepEqual(pages.match(/[0-9]-(?:small|large)/g), ["1-small", "2-small", "3-small", "1-large"]);
    assert.match(await joe.read(`${path}?page=3`), /src="[^"]+3-normal\.webp/);
    assert.match(pages, /Converting page 3 of 20/);
    assert.equal((await joe.get(`${path}/@@preview/3-large.webp`)).status, 404);
  });

  test("a page that is lost loses none of the others, and says so in its place", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site);
    const writer = await site.content.previews(document);
    await writer.add({ type: "lost", page: 1, of: 2, words: "It is lost." }, 2);
    await writer.add(pageEvent(2, 2), 2);
    await writer.ready(2);
    const joe = await site.logIn("joe");
    assert.equal((await joe.read(`${path}/@@preview-snippet`)).match(/alt="Page 2 of report\.pdf/g)?.length, 2);
    assert.match(await joe.read(`${path}/@@pages-snippet`), /page=1.*page=2.*Page 1: It is lost\./s);
    assert.match(await joe.read(`${path}?page=2`), /alt="Page 2/);
  });

  test("what is there stays when it stops, with words, and a button for the owner alone", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site);
    await (await storePages(site.content, document, 1)).ended({ words: "It took too long.", again: true });
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    for (const view of ["/@@preview-snippet", "/@@pages-snippet", ""]) {
      const [own, others] = [await jane.read(path + view), await joe.read(path + view)];
      for (const page of [own, others]) {
        assert.match(page, /@@preview\/1-/, view);
        assert.match(page, /It took too long\./, view);
      }
      assert.match(own, new RegExp(`action="${path}/@@try-again"`), view);
      assert.doesNotMatch(others, /@@try-again/, view);
    }
  });
});

describe("files", () => {
  test("a preview may be kept by this browser, for this user", async (t) => {
    const site = await startSite(t);
    const { path, document } = await uploaded(site);
    await storeReady(site.content, document, 1);
    const response = await (await site.logIn("joe")).get(`${path}/@@preview/1-large.webp?1.1`);
    assert.equal(response.headers.get("content-type"), "image/webp");
    assert.equal(response.headers.get("cache-control"), "private, max-age=31536000, immutable");
    assert.equal(response.headers.get("vary"), "Cookie");
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), pixels);
  });

  test("the original comes as a download that no browser opens as a page", async (t) => {
    const site = await startSite(t);
    const response = await (await site.logIn("joe")).get(`${(await uploaded(site)).path}/@@download`);
    assert.equal(response.headers.get("content-disposition"), "attachment; filename=report.pdf");
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), "hello");
  });
});
