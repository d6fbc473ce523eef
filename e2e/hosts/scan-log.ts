/** Which patterns a scan initialises, on which elements and in which order, without letting them do their work. */
import type { Page } from "@playwright/test";

/** One pattern asked to do something. */
export interface Scan {
  readonly pattern: string;
  readonly step: "init" | "transform";
  /** The number of the element in the snippet, or its tag name. */
  readonly element: string;
  /** The place of the injected element that it is in. */
  readonly root: number;
  /** What the pattern is told of the reason. */
  readonly reason: string;
}

/** A snippet that has, for every pattern of the page, elements that it may want, and some that no pattern may have. */
export async function sampleSnippet(page: Page): Promise<string> {
  return page.evaluate(() => {
    const registry = Object.values(window.__patternslib_registry ?? {});
    const triggers = registry.flatMap((pattern) =>
      (typeof pattern === "object" || typeof pattern === "function") && pattern !== null && "trigger" in pattern
        ? [String(pattern.trigger)]
        : [],
    );
    const classes = new Set(triggers.flatMap((trigger) => trigger.match(/(?<=\.)[\w-]+/g) ?? []));
    const all = [...classes].join(" ");
    const sample = (names: string) =>
      `<section class="${names}"><a href="/" class="${names}"></a><form class="${names}"><input class="${names}">` +
      `<select class="${names}"></select><textarea class="${names}"></textarea></form><img alt="" class="${names}">` +
      `<table class="${names}"></table></section>`;
    const template = document.createElement("template");
    template.innerHTML =
      Array.from(classes, sample).join("") +
      sample(all) +
      `<pre class="${all}">${sample(all)}</pre><div class="disable-patterns ${all}">${sample(all)}</div>` +
      `<div class="cant-touch-this ${all}">${sample(all)}</div><div><template>${sample(all)}</template></div>`;
    for (const [index, element] of [...template.content.querySelectorAll("*")].entries()) {
      element.setAttribute("data-sample", String(index));
    }
    return template.innerHTML;
  });
}

/** From now on the page's patterns only log that they were asked. */
export async function logScans(page: Page): Promise<void> {
  await page.evaluate(() => {
    const log: Scan[] = [];
    Reflect.set(window, "scans", log);
    const registry = window.__patternslib_registry ?? {};

    function note(pattern: string, step: Scan["step"], [elements, , reason]: readonly unknown[]): void {
      const element: unknown = Reflect.get(Object(elements), 0);
      if (!(element instanceof Element)) throw new Error("expected an element in jQuery's list");
      const roots = [...(document.querySelector("#t")?.children ?? [])];
      log.push({
        pattern,
        step,
        element: element.getAttribute("data-sample") ?? element.localName,
        root: roots.findIndex((root) => root.contains(element)),
        reason: String(Reflect.get(Object(reason), "type")),
      });
    }

    for (const [name, pattern] of Object.entries(registry)) {
      if ((typeof pattern !== "object" && typeof pattern !== "function") || pattern === null) continue;
      registry[name] = new Proxy(pattern, {
        get(target, key) {
          const value = Reflect.get(target, key);
          if ((key !== "init" && key !== "transform") || typeof value !== "function") return value;
          return (...given: readonly unknown[]) => note(name, key, given);
        },
        construct(_target, given) {
          note(name, "init", given);
          return {};
        },
      });
    }
  });
}

/** What has been logged since the last call. */
export async function drainScans(page: Page): Promise<readonly Scan[]> {
  return page.evaluate((): Scan[] => Reflect.get(window, "scans").splice(0));
}
