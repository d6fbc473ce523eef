/**
 * The HTML of a fixture page: a host's bundle and the library as classic scripts, in the orders that occur in the field.
 *
 * Knows nothing of servers: push-server.ts serves it, and the scripts it names.
 */
import type { Page } from "@playwright/test";
import { FENCE_ELEMENT } from "./fence.ts";

const HOST_SCRIPTS = {
  patternslib: "/patternslib/bundle.min.js",
  mockup: "/mockup/bundle.min.js",
} as const;

export type Host = keyof typeof HOST_SCRIPTS;

const LIBRARY_SCRIPT = "/dist/pat-inject-async.min.js";

export interface LibraryPageOptions {
  /** Whose Patternslib is on the page: its own bundle, Plone's (mockup), or none. Default: `patternslib`. */
  readonly host?: Host | "none";
  /**
   * When the library's script runs. Default: `after`.
   *
   * - `before`, `after`: in the head, before or after the host's.
   * - `defer`: before the host's in the page, after it in time.
   * - `late`: not in the page; the test calls {@link loadLibrary}.
   */
  readonly order?: "before" | "after" | "defer" | "late";
  /** What is in the body. */
  readonly body?: string;
  /** Attributes of the body, as HTML. Default: the pattern with its default endpoint. */
  readonly bodyAttributes?: string;
  /** More for the head, after the scripts: styles, meta elements, inline scripts. */
  readonly head?: string;
}

export function libraryPage({
  host = "patternslib",
  order = "after",
  body = "",
  bodyAttributes = 'class="pat-inject-async" data-pat-inject-async="url: /push"',
  head = "",
}: LibraryPageOptions = {}): string {
  const hostScript = host === "none" ? "" : `<script src="${HOST_SCRIPTS[host]}"></script>`;
  const script = `<script src="${LIBRARY_SCRIPT}"></script>`;
  const scripts = {
    before: [script, hostScript],
    after: [hostScript, script],
    defer: [`<script defer src="${LIBRARY_SCRIPT}"></script>`, hostScript],
    late: [hostScript],
  }[order];

  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Fixture</title>
${scripts.join("\n")}
${head}
</head>
<body ${bodyAttributes}>
${body}
${FENCE_ELEMENT}
</body>
</html>
`;
}

/** Loads the library into a page that is there already. */
export async function loadLibrary(page: Page): Promise<void> {
  await page.addScriptTag({ url: LIBRARY_SCRIPT });
}

/** Waits until the host has scanned the page: its registry is filled and what is loaded from now on scans by itself. */
export async function hostReady(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      Reflect.get(window, "__patternslib_registry_initialized") === true &&
      document.body.classList.contains("patterns-loaded"),
  );
}
