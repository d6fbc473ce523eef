/** Shows on a target that its content could not be had: a class, and where it shows a spinner, words and a button. */
import { showNotice } from "./notice.ts";
import { targetOptions } from "./options.ts";
import { wordsFor } from "./words.ts";

const CLASS = "is-error";

/** How to take back what is shown on each target. */
const shown = new WeakMap<Element, () => void>();

/**
 * @param isWaiting it shows that it waits for this content, and nothing that would be lost.
 * @param retry ask again; undefined when that would not help.
 */
export function showFailure(target: Element, isWaiting: boolean, retry: (() => void) | undefined): void {
  clearFailure(target);
  target.classList.add(CLASS);
  target.removeAttribute("aria-busy");
  if (!isWaiting) return;
  const words = wordsFor(target, targetOptions(target).words);
  const spinner = [...target.childNodes];
  target.replaceChildren();
  const again = () => {
    clearFailure(target);
    target.setAttribute("aria-busy", "true");
    retry?.();
  };
  const button = retry && { label: words.retry, press: again };
  const hide = showNotice(target, { name: CLASS, text: words.error, button });
  shown.set(target, () => {
    hide();
    if (!target.hasChildNodes()) target.append(...spinner);
  });
}

/** The target has, or waits for, something else. */
export function clearFailure(target: Element): void {
  target.classList.remove(CLASS);
  shown.get(target)?.();
  shown.delete(target);
}
