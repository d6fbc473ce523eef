/** Pages with a Content Security Policy: what the library itself does keeps within it, and what it promises still works. */
import type { Page } from "@playwright/test";
import { expect, libraryPage, test } from "../support/fixture.ts";
import { bodyWith, placeholder } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";

const STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
const OWN_POLICY = "require-trusted-types-for 'script'; trusted-types pat-inject-async";
/** What the host does is its own matter. */
const HOSTS = /Content Security Policy|Trusted|violates the following/;

/** Loads a page with a policy; returns what its browser has found against it in the library's script. */
async function open(page: Page, push: PushServer, headers: Readonly<Record<string, string>>, options = "") {
  const violations: string[] = [];
  await page.exposeFunction("report", (line: string) => violations.push(line));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, sourceFile, sample, blockedURI, lineNumber }) => {
      const line = `${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber} ${sample}`;
      if (sourceFile.includes("pat-inject-async")) Reflect.get(window, "report")(line);
    });
  });
  const body = `<main><p id="b">old</p><ul id="list"></ul><form id="form"><input name="f"></form>${placeholder("waits", "/doc/1")}</main>`;
  push.snippet("/doc/1", '<div id="waits">ready</div>');
  push.snippet("/doc/2", "<title>x</title><p id='s'>new</p>");
  push.snippet("/doc/3", { status: 410 });
  push.snippet("/batch", '<template data-url="/doc/1" data-status="200"><div id="waits">ready</div></template>');
  push.snippet("/", { headers, body: libraryPage({ body, bodyAttributes: bodyWith(options) }) });
  await page.goto(`${push.url}/`);
  return violations;
}

/** Each way in which the library reads, puts in place, tells. */
async function everything(page: Page, push: PushServer): Promise<void> {
  const socket = await push.nextSocket();
  await expect(page.locator("#waits")).toHaveText("ready");
  socket.send({ url: "/doc/2", inject: "source: #s; target: #b", announce: "New" });
  await expect(page.locator("#b")).toHaveText("new");
  socket.send({ html: "<li>1</li>", inject: "target: #list::after" });
  socket.send({ html: '<ul id="list"><li>1</li><li>2</li></ul>' });
  await expect(page.locator("#list li")).toHaveText(["1", "2"]);
  await page.locator("[name=f]").fill("mine");
  socket.send({ html: "<i>theirs</i>", inject: "target: #form" });
  await page.locator(".pat-inject-async-notice button").click();
  await expect(page.locator("#form")).toHaveText("theirs");
  socket.send({ url: "/doc/3", inject: "target: #b" });
  await expect(page.locator("#b.is-error")).toBeVisible();
  await push.settled(page);
}

for (const swap of ["inject", "morph"]) {
  test(`with script-src 'self' and style-src 'self' everything works, swap: ${swap}`, async ({ page, push, allow }) => {
    allow(HOSTS);
    allow(/410/);
    const violations = await open(page, push, { "Content-Security-Policy": STRICT }, `swap: ${swap}; batch: /batch`);
    await everything(page, push);
    expect(violations).toEqual([]);
  });

  test(`where Trusted Types are looked at, the library has a policy of its own, swap: ${swap}`, async ({
    page,
    push,
    allow,
  }) => {
    allow(HOSTS);
    allow(/410/);
    const headers = { "Content-Security-Policy-Report-Only": OWN_POLICY };
    const violations = await open(page, push, headers, `swap: ${swap}; batch: /batch`);
    await everything(page, push);
    expect(violations).toEqual([]);
  });
}

test("where Trusted Types are required, it works with the policies that the host needs, twice too", async ({
  page,
  push,
  allow,
}) => {
  allow(HOSTS);
  allow(/410/);
  const required = "require-trusted-types-for 'script'; trusted-types pat-inject-async default";
  await page.addInitScript(
    "trustedTypes.createPolicy('default', { createHTML: (html) => html, createScriptURL: (url) => url })",
  );
  const violations = await open(page, push, { "Content-Security-Policy": required });
  await page.evaluate(() => {
    const again = document.createElement("script");
    again.src = "/dist/pat-inject-async.min.js";
    document.head.append(again);
  });
  await everything(page, push);
  expect(push.sockets).toHaveLength(1);
  expect(violations).toEqual([]);
});
