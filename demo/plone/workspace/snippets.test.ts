import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { brokenPdf } from "../../docconv/samples.ts";
import { startSite, type TestSite } from "../test-support/site.ts";

/** One template of a batch view's answer. */
interface Template {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

/** Two documents of Jane's, one of them private: their uids. */
async function documents(site: TestSite): Promise<{ shared: string; secret: string }> {
  const jane = await site.logIn("jane");
  await jane.upload({ name: "shared.pdf", content: new Uint8Array(brokenPdf()) });
  await jane.upload({ name: "secret.pdf", content: new Uint8Array(brokenPdf()) }, { isPrivate: true });
  const all = await site.content.list();
  const uidOf = (title: string) => all.find((document) => document.title === title)?.uid ?? assert.fail(title);
  return { shared: uidOf("shared.pdf"), secret: uidOf("secret.pdf") };
}

function address(urls: readonly string[]): string {
  return `/@@snippets?${urls.map((url) => `url=${encodeURIComponent(url)}`).join("&")}`;
}

function templates(text: string): Template[] {
  const pattern = /<template data-url="([^"]*)" data-status="(\d+)">(.*?)<\/template>/gs;
  return [...text.matchAll(pattern)].map(([, url = "", status, html = ""]) => ({ url, status: Number(status), html }));
}

describe("the batch view", () => {
  test("gives each snippet as its own view does, permission-checked as the user", async (t) => {
    const site = await startSite(t);
    const { shared, secret } = await documents(site);
    const joe = await site.logIn("joe");
    const urls = [
      `/workspace/${shared}/@@preview-snippet`,
      `/workspace/${secret}/@@preview-snippet`,
      "/workspace/nothing/@@preview-snippet",
      "/@@whoami",
      "/workspace/@@updates",
    ];
    const found = templates(await joe.read(address(urls)));
    assert.deepEqual(
      found.map(({ url, status }) => [url, status]),
      [
        [urls[0], 200],
        [urls[1], 403],
        [urls[2], 404],
        [urls[3], 404],
        [urls[4], 200],
      ],
    );
    assert.equal(found[0]?.html, await joe.read(urls[0] ?? ""));
    assert.equal(found[1]?.html, "");
    assert.ok(!found[4]?.html.includes("secret.pdf"));
  });

  test("answers one to fifty, and says so otherwise", async (t) => {
    const site = await startSite(t);
    const joe = await site.logIn("joe");
    const many = (count: number) => address(Array.from({ length: count }, () => "/@@notifications"));
    assert.equal((await joe.get(many(50))).status, 200);
    for (const count of [0, 51]) {
      const response = await joe.get(many(count));
      assert.equal(response.status, 400);
      assert.match(await response.text(), new RegExp(`found ${count}`));
    }
  });

  test("gives each snippet once, and so much in one answer", async (t) => {
    const site = await startSite(t);
    await documents(site);
    const joe = await site.logIn("joe");
    const url = "/workspace/@@updates";
    assert.equal(templates(await joe.read(address(Array.from({ length: 50 }, () => url)))).length, 1);
    // Sixty documents with long names in each of fifty lists.
    const meta = { size: 5, owner: "jane", created: 1, isPrivate: false };
    for (let n = 0; n < 60; n += 1) {
      const file = join(site.content.scratch, `upload-${n}`);
      await writeFile(file, "hello");
      await site.content.add(file, { ...meta, title: `${n}`.padEnd(250, "&") });
    }
    const answer = await joe.read(address(Array.from({ length: 50 }, (_, n) => `${url}?${n}`)));
    const found = templates(answer);
    assert.ok(found.length > 0 && found.length < 50, `${found.length} snippets`);
    assert.ok(answer.length < 1.1 * 1024 * 1024, `${answer.length} characters`);
    assert.ok(found.every(({ status }) => status === 200));
  });

  test("quotes a URL in the log, and cuts it", async (t) => {
    const site = await startSite(t);
    const { shared } = await documents(site);
    const { root } = site.content.original((await site.content.get(shared)) ?? assert.fail());
    await writeFile(join(root, "..", "meta.json"), "damaged");
    const url = `/workspace/${shared}/@@preview-snippet?\nlogin: jane${"x".repeat(2000)}`;
    const [found] = templates(await (await site.logIn("joe")).read(address([url])));
    assert.equal(found?.status, 500);
    const [line = ""] = site.log;
    assert.equal(site.log.length, 1);
    assert.match(line, /^snippet "\/workspace\/[^\n]*\?\\nlogin: janex+": SyntaxError/);
    assert.ok(line.length < 500);
  });

  test("is not for the anonymous", async (t) => {
    const site = await startSite(t);
    const response = await fetch(new URL(address(["/workspace/@@updates"]), site.url), { redirect: "manual" });
    assert.equal(response.status, 302);
    assert.match(response.headers.get("location") ?? "", /^\/login/);
  });
});
