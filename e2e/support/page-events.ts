/**
 * Carries the library's DOM events from the page to the test as they happen.
 *
 * The names are written out here and not taken from the library: they are its public face, and a test must notice a change.
 */
import type { Page } from "@playwright/test";

export const EVENT_NAMES = [
  "pat-inject-async-state",
  "pat-inject-async-before-inject",
  "pat-inject-async-injected",
  "pat-inject-async-rejected",
  "pat-inject-async-error",
  "pat-inject-async-missed",
  "pat-inject-async-gap",
  "pat-inject-async-unauthorized",
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** One event, as far as it can leave the page. */
export interface PageEvent {
  readonly type: EventName;
  /** The id of the element it was dispatched on, else its tag name in lower case. */
  readonly target: string;
  /** Its detail: elements as `#id` or tag name, fragments as HTML, errors as their message, functions left out. */
  readonly detail: Readonly<Record<string, unknown>>;
}

const BINDING = "reportPatInjectAsyncEvent";

/** Calls back for each of the library's events on the page, from its next load on, across reloads. */
export async function reportEvents(page: Page, onEvent: (event: PageEvent) => void): Promise<void> {
  await page.exposeBinding(BINDING, (_source, event: PageEvent) => onEvent(event));
  await page.addInitScript(listenInPage, { names: EVENT_NAMES, binding: BINDING });
}

// Runs in the page before any of its scripts, and so must not use anything from outside itself.
function listenInPage({ names, binding }: { names: readonly string[]; binding: string }): void {
  function nameOf(target: unknown): string {
    if (target instanceof Element) return target.id || target.localName;
    return target instanceof Document ? "document" : "window";
  }

  function plain(value: unknown, depth = 0): unknown {
    if (value instanceof Element) return value.id ? `#${value.id}` : value.localName;
    if (value instanceof DocumentFragment) {
      return Array.from(value.childNodes, (node) => (node instanceof Element ? node.outerHTML : node.textContent)).join(
        "",
      );
    }
    if (value instanceof Error) return value.message;
    if (typeof value === "function" || typeof value === "symbol") return undefined;
    if (typeof value !== "object" || value === null) return value;
    if (depth > 4) return "…";
    if (Array.isArray(value) || value instanceof NodeList) return Array.from(value, (item) => plain(item, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, depth + 1)]));
  }

  for (const name of names) {
    // Capturing on the window: first to hear, and not to be stopped by a listener of the page.
    window.addEventListener(
      name,
      (event) => {
        const detail = event instanceof CustomEvent ? (plain(event.detail) ?? {}) : {};
        Reflect.get(window, binding)({ type: name, target: nameOf(event.target), detail });
      },
      { capture: true },
    );
  }
}
