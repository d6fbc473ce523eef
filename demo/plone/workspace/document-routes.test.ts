import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startSite, type TestSite } from "../test-support/site.ts";

const pixels = Buffer.from("not really an image");
const page = { text: "Once upon a time", small: pixels, normal: pixels, large: pixels, width: 640, height: 480 };

async function uploaded(site: TestSite, isPrivate = false): Promise<string> {
  await (await site.logIn("jane")).upload({ name: "report.pdf", content: "hello" }, { isPrivate });
  const [document] = await site.content.list();
  assert.ok(document);
  return `/workspace/${document.uid}`;
}

const VIEWS = ["", "/@@preview-snippet", "/@@pages-snippet", "/@@preview/1-small.webp", "/@@download"] as const;

describe("a document", () => {
  test("that is private is refused to others in every view", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site, true);
    await site.content.setReady(path.slice("/workspace/".length), { pages: [page], pageCount: 1 });
    const [jane, joe] = [await site.logIn("jane"), await site.logIn("joe")];
    for (const view of VIEWS) {
      assert.equal((await jane.get(path + view)).status, 200, view);
      const refused = await joe.get(path + view);
      assert.equal(refused.status, 403, view);
      assert.match(await refused.text(), /This document is private/);
    }
  });

  test("sends the anonymous to the login page in every view, as Plone does", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site);
    for (const view of VIEWS) {
      const response = await site.visitor().get(path + view);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("location"), `/login?came_from=${encodeURIComponent(path + view)}`);
    }
  });

  test("that does not exist is not found in any view, nor is anything beside it", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site);
    await site.content.setReady(path.slice("/workspace/".length), { pages: [page], pageCount: 1 });
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
    const path = await uploaded(site);
    const joe = await site.logIn("joe");
    await site.nextTask();
    const before = [await site.content.list(), await site.messages("joe"), site.tasks.length];
    const snippet = await joe.read(`${path}/@@preview-snippet`);
    assert.equal(snippet.match(/aria-busy="true"/g)?.length, 2);
    assert.equal(await joe.read(`${path}/@@preview-snippet`), snippet);
    assert.deepEqual([await site.content.list(), await site.messages("joe"), site.tasks.length], before);
  });

  test("has an image in both places once it is ready, with the page's text for those who cannot see it", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site);
    const uid = path.slice("/workspace/".length);
    await site.content.setReady(uid, { pages: [page, page], pageCount: 2 });
    const joe = await site.logIn("joe");
    const snippet = await joe.read(`${path}/@@preview-snippet`);
    const places = snippet.split('<div id="').slice(1);
    assert.deepEqual(
      places.map((place) => place.split('"')[0]),
      [`preview-${uid}-listing`, `preview-${uid}-stream`],
    );
    for (const place of places) {
      assert.match(place, /alt="Page 1 of report\.pdf: Once upon a time"/);
      assert.doesNotMatch(place, /aria-busy|pending/);
    }
    assert.match(
      snippet,
      new RegExp(`src="${path}/@@preview/1-small\\.webp".*src="${path}/@@preview/1-normal\\.webp"`, "s"),
    );
    assert.equal((await joe.read(`${path}/@@pages-snippet`)).match(/-large\.webp/g)?.length, 2);
  });

  test("says in both places why there is none", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site);
    await site.content.setFailed(path.slice("/workspace/".length), "The file is <broken>.");
    const snippet = await (await site.logIn("joe")).read(`${path}/@@preview-snippet`);
    assert.equal(snippet.match(/The file is &#60;broken&#62;\./g)?.length, 2);
  });
});

describe("files", () => {
  test("a preview may be kept by this browser, for this user", async (t) => {
    const site = await startSite(t);
    const path = await uploaded(site);
    await site.content.setReady(path.slice("/workspace/".length), { pages: [page], pageCount: 1 });
    const response = await (await site.logIn("joe")).get(`${path}/@@preview/1-large.webp`);
    assert.equal(response.headers.get("content-type"), "image/webp");
    assert.equal(response.headers.get("cache-control"), "private, max-age=86400, immutable");
    assert.equal(response.headers.get("vary"), "Cookie");
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), pixels);
  });

  test("the original comes as a download that no browser opens as a page", async (t) => {
    const site = await startSite(t);
    const response = await (await site.logIn("joe")).get(`${await uploaded(site)}/@@download`);
    assert.equal(response.headers.get("content-disposition"), "attachment; filename=report.pdf");
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), "hello");
  });
});
