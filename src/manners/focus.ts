/** Keeps the keyboard's place when content is replaced. */
import { dom } from "../ground/dom.ts";

/** A link or button that has the focus keeps it, when there is one of the same id afterwards. */
export function keepFocus(target: Element): () => void {
  const focused = dom.activeElement;
  if (!focused?.id || focused === dom.body || !target.contains(focused)) return () => {};
  return () => {
    const successor = dom.getElementById(focused.id);
    if (successor !== dom.activeElement) successor?.focus({ preventScroll: true });
  };
}
