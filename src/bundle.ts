/**
 * Entry for pages: a classic script that registers the pattern by itself, and at the same time the Module Federation
 * container that Patternslib's host looks for under `window.__patternslib_mf__patinjectasync`.
 */
import { register } from "./page/pattern.ts";

/** Nothing of the host's share scope is needed: Patternslib and jQuery are found on the page. */
export function init(_shareScope: unknown): void {}

/**
 * @param module `./main`, the only one.
 * @returns a factory that registers the pattern; calling it again does nothing.
 */
export async function get(module: string): Promise<() => { register: typeof register }> {
  if (module !== "./main") throw new Error(`pat-inject-async: expected the module ./main, found ${module}`);
  return () => {
    register();
    return { register };
  };
}

const own = document.currentScript;
if (own instanceof HTMLScriptElement && new URLSearchParams(location.search).has("pat-inject-async-debug")) {
  const overlay = document.createElement("script");
  overlay.src = new URL("pat-inject-async-debug.min.js", own.src).href;
  document.head.append(overlay);
}

// A container that arrives after the host has looked is never asked: register without being asked, too.
register();
