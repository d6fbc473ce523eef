/** A bundle of one's own: Patternslib's registry, pat-inject and the library in one file, without `window.jQuery`. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { test as base, expect } from "../support/fixture.ts";
import { BODY, expectEverythingWorks, prepare } from "./everything-works.ts";
import { documentWith, OTHER_JQUERY, serveOtherJQuery } from "./load-orders.ts";

const test = base.extend<object, { readonly code: string }>({
  code: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
    async ({}, use) => {
      const result = await build({
        configFile: false,
        logLevel: "warn",
        build: {
          write: false,
          lib: { entry: fileURLToPath(new URL("minimal.js", import.meta.url)), formats: ["iife"], name: "minimal" },
        },
        define: { "process.env.NODE_ENV": '"production"' },
      });
      const [
        {
          output: [chunk],
        } = { output: [] },
      ] = Array.isArray(result) ? result : [];
      if (chunk === undefined) throw new Error("expected one file of vite");
      await use(chunk.code);
    },
    { scope: "worker" },
  ],
});

const SCRIPT = '<script src="/minimal.js"></script>';

for (const [name, scripts] of [
  ["in the head", [SCRIPT]],
  ["deferred", [SCRIPT.replace("<script", "<script defer")]],
  ["async", [SCRIPT.replace("<script", "<script async")]],
  ["with a jQuery of the page's own", [OTHER_JQUERY, SCRIPT]],
] as const) {
  test(`a minimal bundle of one's own ${name}`, async ({ page, push, code }) => {
    push.snippet("/minimal.js", { headers: { "Content-Type": "text/javascript" }, body: code });
    serveOtherJQuery(push);
    await prepare(page, push);
    await page.goto(push.page("/", documentWith(scripts, BODY)));
    expect(await page.evaluate(() => "jQuery" in window)).toBe(scripts.length > 1);
    await expectEverythingWorks(page, push);
  });
}
