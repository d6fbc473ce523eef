/**
 * A pattern of the test's own, which counts how often it is initialised, and listens to the host through the jQuery that
 * the host itself hands to it.
 */
import { expect, type Page } from "@playwright/test";

/** An element that counts. The host has to scan one first: from then on its events are heard. */
export const PROBE = '<i class="pat-probe">probe</i>';

/** Adds the pattern to a host that has scanned its page. */
export async function installProbe(page: Page): Promise<void> {
  await page.evaluate(() => {
    const registry = window.__patternslib_registry;
    if (registry === undefined) throw new Error("expected the host's registry");
    const scanned: string[] = [];
    const delayed: string[] = [];
    Object.assign(window, { scanned, delayed });
    document.addEventListener("patterns-injected-delayed", ({ target }) => {
      if (target instanceof Element) delayed.push(target.id);
    });
    const query: { host?: unknown } = {};
    registry["probe"] = {
      name: "probe",
      trigger: ".pat-probe",
      init: ($el: ArrayLike<Element> & { readonly constructor: unknown }) => {
        const [element] = Array.from($el);
        element?.setAttribute("data-inits", String(Number(element.getAttribute("data-inits")) + 1));
        if (query.host !== undefined || typeof $el.constructor !== "function") return;
        query.host = $el.constructor;
        Reflect.apply($el.constructor, undefined, [document]).on("patterns-injected-scanned", (event: Event) => {
          if (event.target instanceof Element) scanned.push(event.target.id);
        });
      },
    };
  });
}

/** Ids of the elements of which the host's listeners were told that they have been scanned. */
export async function scanned(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => Reflect.get(window, "scanned"));
}

/** Waits until the patterns in the element with this id are there, as pat-inject tells it. */
export async function patternsReady(page: Page, id: string): Promise<void> {
  await expect.poll(() => page.evaluate((): string[] => Reflect.get(window, "delayed"))).toContain(id);
}

/** Counts, from the page's start, how often the library's pattern was initialised, and on what. */
export async function countPatterns(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const initialised: string[] = [];
    Reflect.set(window, "initialised", initialised);
    document.addEventListener("init.inject-async.patterns", ({ target }) => {
      if (target instanceof Element) initialised.push(target.localName);
    });
  });
}

export async function initialised(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => Reflect.get(window, "initialised"));
}
