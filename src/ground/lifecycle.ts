/** The moments in a page's life that matter to a connection and to placeholders, told apart from the browser's many events. */
import { dom } from "./dom.ts";

interface Lifecycle {
  /** Now is a good time to try: the network came back, or the page is looked at again. */
  readonly wake: () => void;
  /** The page is left, perhaps into the back/forward cache, where no open socket is tolerated. */
  readonly suspend?: () => void;
  /** The page came back from the back/forward cache. Whatever was open before is not to be believed. */
  readonly resume?: () => void;
}

/** Listen until the returned function is called. */
export function watchLifecycle({ wake, suspend, resume }: Lifecycle): () => void {
  const listeners = new AbortController();
  const options = { signal: listeners.signal };
  window.addEventListener("online", wake, options);
  if (suspend) window.addEventListener("pagehide", suspend, options);
  window.addEventListener("pageshow", (event) => event.persisted && resume?.(), options);
  dom.addEventListener("visibilitychange", () => dom.visibilityState === "visible" && wake(), options);
  return () => listeners.abort();
}
