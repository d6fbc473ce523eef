/** Listening to the document for as long as anybody needs it. Knows nothing of what is listened to. */
import { dom } from "../ground/dom.ts";

/**
 * Hear of events wherever they happen, and before anything on the page can stop them.
 *
 * @param types with spaces between them.
 */
export function listen(types: string, signal: AbortSignal, listener: (event: Event) => void): void {
  for (const type of types.split(" ")) dom.addEventListener(type, listener, { capture: true, signal });
}

/**
 * @param begin adds listeners that end with the signal.
 * @returns what to call to need them; what that returns is the undo, safe to call twice.
 */
export function sharedWatch(begin: (signal: AbortSignal) => void): () => () => void {
  const users = new Set<symbol>();
  let listening: AbortController | undefined;
  return () => {
    const user = Symbol();
    users.add(user);
    if (!listening) {
      listening = new AbortController();
      begin(listening.signal);
    }
    return () => {
      if (!users.delete(user) || users.size > 0) return;
      listening?.abort();
      listening = undefined;
    };
  };
}
