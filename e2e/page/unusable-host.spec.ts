/** A host without pat-inject, with a broken one, or with one that is too old: one line says so, and nothing throws. */
import { expect, test } from "../support/fixture.ts";
import { libraryPage, loadLibrary } from "../support/library-page.ts";

const PARSER = "parser: { parse() { return [{}]; }, addArgument() {} }";

test("with a pat-inject that is missing, broken or too old, one line says what was found and what is needed", async ({
  page,
  push,
}) => {
  const lines: string[] = [];
  page.on("console", (line) => lines.push(line.text()));
  for (const [what, registry, found] of [
    ["no pat-inject", "{}", "none"],
    ["a text for a pat-inject", '{ inject: "inject" }', "one without parser"],
    ["a pat-inject whose parser is broken", "{ inject: { parser: {} } }", "one without parser"],
    [
      "a pat-inject that is too old",
      `{ inject: { ${PARSER}, extractModifiers() {}, callTypeHandler() {} } }`,
      "one without _performInjection",
    ],
  ] as const) {
    await test.step(what, async () => {
      lines.length = 0;
      const head = `<script>
        window.__patternslib_registry = ${registry};
        window.__patternslib_registry_initialized = true;
      </script>`;
      const body = '<p class="pat-inject-async"></p><p class="pat-inject-async"></p>';
      await page.goto(push.page("/", libraryPage({ host: "none", order: "late", head, body })));
      await loadLibrary(page);
      await expect.poll(() => lines).toHaveLength(1);
      // Patterns are initialised in the next tick, all of them.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
      expect(lines).toEqual([
        `pat-inject-async: not initialised, expected the pat-inject of Patternslib 9.7.0 or newer in the registry, found ${found}`,
      ]);
      expect(push.sockets).toHaveLength(0);
    });
  }
});

test("without any Patternslib a page with our elements is told after a while, and one without them never", async ({
  page,
  push,
}) => {
  const lines: string[] = [];
  page.on("console", (line) => lines.push(line.text()));
  await page.clock.install();
  await page.goto(push.page("/without", libraryPage({ host: "none", bodyAttributes: "" })));
  await page.clock.runFor(60_000);
  expect(lines).toEqual([]);
  await page.goto(push.page("/", libraryPage({ host: "none" })));
  await page.clock.runFor(9_000);
  expect(lines).toEqual([]);
  await page.clock.runFor(2_000);
  await expect
    .poll(() => lines)
    .toEqual([
      "pat-inject-async: waiting for Patternslib 9.7 or newer, found none on this page: is Plone's bundle missing, or too old?",
    ]);
});
