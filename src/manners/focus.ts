/** Keeps the keyboard's place when content is replaced. */

/** A link or button that has the focus keeps it, when there is one of the same id afterwards. */
export function keepFocus(target: Element): () => void {
  const focused = document.activeElement;
  if (!focused?.id || focused === document.body || !target.contains(focused)) return () => {};
  return () => {
    const successor = document.getElementById(focused.id);
    if (successor !== document.activeElement) successor?.focus({ preventScroll: true });
  };
}
