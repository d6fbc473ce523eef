/** The contract of Patternslib's `BasePattern`, kept without being one: events, instance, statics, scanning. */
import type { Page } from "@playwright/test";
import { test as base, expect, hostReady, libraryPage, loadLibrary } from "../support/fixture.ts";
import type { Host } from "../support/library-page.ts";

interface PatternPage {
  readonly host: Host;
  /** Loads a page with the library and this in its body, which does not use it itself, and waits for the host. */
  readonly open: (body: string, order?: "before" | "late") => Promise<void>;
}

const test = base.extend<PatternPage>({
  host: ["patternslib", { option: true }],
  open: async ({ page, push, host }, use) => {
    await use(async (body, order = "before") => {
      await page.goto(push.page("/", libraryPage({ host, order, body, bodyAttributes: "" })));
      await hostReady(page);
    });
  },
});

/** Notes the pattern's lifecycle events from now on; the returned function reads them. */
async function watchLifecycle(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const log: string[] = [];
    Reflect.set(window, "lifecycle", log);
    for (const what of ["pre-init", "init", "not-init"]) {
      document.addEventListener(`${what}.inject-async.patterns`, ({ target, bubbles, cancelable }) => {
        if (!(target instanceof Element)) return;
        const flags = `${bubbles ? "bubbling" : ""} ${cancelable ? "cancelable" : ""}`.trim();
        log.push(`${what} ${target.id} ${flags}, ${target["pattern-inject-async"] ? "instance" : "no instance"}`);
      });
    }
  });
  return () => page.evaluate(() => Reflect.get(window, "lifecycle"));
}

/**
 * Makes a new instance for the element, or for a jQuery object of it, as the registry does.
 *
 * @returns the lifecycle events so far, before anything that is deferred.
 */
function construct(page: Page, id: string, how: "element" | "jQuery" = "element"): Promise<string[]> {
  return page.evaluate(
    ({ id, how }) => {
      const globals: object = window;
      const Pattern = Reflect.get(globals, "__patternslib_registry")["inject-async"];
      const element = document.getElementById(id);
      Reflect.construct(Pattern, [how === "element" ? element : Reflect.get(globals, "jQuery")(element), null]);
      return Array.from(Reflect.get(globals, "lifecycle"));
    },
    { id, how },
  );
}

const LATER = '<p id="a"></p><p id="b"></p>';

for (const host of ["patternslib", "mockup"] as const) {
  test.describe(`with ${host}`, () => {
    test.use({ host });

    test("its statics are those of a pattern", async ({ page, open }) => {
      await open("");
      const statics = await page.evaluate(() => {
        const globals: object = window;
        const registry = Reflect.get(globals, "__patternslib_registry");
        const Pattern = registry["inject-async"];
        const { parser } = registry.inject;
        const { name, trigger, order } = Pattern;
        return {
          name,
          trigger,
          order,
          parser: Pattern.parser instanceof parser.constructor,
          attribute: Pattern.parser.attribute,
        };
      });
      expect(statics).toEqual({
        name: "inject-async",
        trigger: ".pat-inject-async",
        order: 1000,
        parser: true,
        attribute: "data-pat-inject-async",
      });
    });

    for (const how of ["element", "jQuery"] as const) {
      test(`given an element as ${how}, it tells of pre-init at once and of init later, with the instance in place`, async ({
        page,
        push,
        open,
      }) => {
        await open(LATER);
        const lifecycle = await watchLifecycle(page);
        const atOnce = await construct(page, "a", how);
        expect(atOnce).toEqual(["pre-init a bubbling cancelable, no instance"]);
        await expect.poll(lifecycle).toEqual([...atOnce, "init a bubbling cancelable, instance"]);
        const instance = await page.evaluate(() => {
          const it = document.querySelector("#a")?.["pattern-inject-async"];
          return { el: it?.el.id, name: it?.name, trigger: it?.trigger, url: it?.options?.url };
        });
        expect(instance).toEqual({
          el: "a",
          name: "inject-async",
          trigger: ".pat-inject-async",
          url: `${push.url}/push`,
        });
        await push.nextSocket();
      });
    }

    test("an element is initialised once, and again only after destroy", async ({ page, push, open }) => {
      await open(LATER);
      const lifecycle = await watchLifecycle(page);
      const instance = () => page.evaluateHandle(() => document.querySelector("#a")?.["pattern-inject-async"]);
      const isStill = (handle: Awaited<ReturnType<typeof instance>>) =>
        page.evaluate((it) => it === document.querySelector("#a")?.["pattern-inject-async"], handle);

      await construct(page, "a");
      await expect.poll(lifecycle).toHaveLength(2);
      const first = await instance();
      await construct(page, "a");
      await expect
        .poll(async () => (await lifecycle()).slice(2))
        .toEqual(["pre-init a bubbling cancelable, instance", "not-init a bubbling, instance"]);
      expect(await isStill(first)).toBe(true);

      await page.evaluate((it) => {
        it?.destroy();
        it?.destroy();
      }, first);
      expect(await page.evaluate(() => "pattern-inject-async" in (document.querySelector("#a") ?? {}))).toBe(false);
      await expect(page.locator("#a")).not.toHaveAttribute("data-inject-async-state");
      await construct(page, "a");
      await expect.poll(async () => (await lifecycle()).slice(4)).toHaveLength(2);
      expect(await isStill(first)).toBe(false);

      // What was destroyed has nothing to say about its successor.
      await page.evaluate((it) => it?.destroy(), first);
      await expect
        .poll(() => page.evaluate(() => document.querySelector("#a")?.["pattern-inject-async"]?.state))
        .toBe("open");
      expect(push.sockets).toHaveLength(1);
    });

    for (const order of ["before", "late"] as const) {
      test(`what Patternslib leaves alone is left alone, loaded ${order}`, async ({ page, push, open }) => {
        const element = (id: string) => `<p class="pat-inject-async" id="${id}"></p>`;
        await open(
          [
            `<div class="disable-patterns">${element("disabled")}</div>`,
            `<div class="cant-touch-this">${element("untouchable")}</div>`,
            '<p class="pat-inject-async disable-patterns" id="itself"></p>',
            `<pre><code><b class="pat-inject-async" id="code"></b></code></pre>`,
            `<template>${element("template")}</template>`,
            '<pre class="pat-inject-async" id="pre"></pre>',
            element("good"),
          ].join(""),
          order,
        );
        if (order === "late") await loadLibrary(page);
        await push.nextSocket();
        const initialised = page.locator("[data-inject-async-state]");
        await expect.poll(() => initialised.evaluateAll((all) => all.map(({ id }) => id))).toEqual(["pre", "good"]);
      });
    }
  });
}
