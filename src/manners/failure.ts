/** Shows on targets that their snippet could not be loaded: a class, and where they show a spinner, words and a button. */
import { isOnPage, unshadowed } from "../ground/dom.ts";
import { targetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { showNotice } from "./notice.ts";
import { wordsFor } from "./words.ts";

const ERROR_CLASS = "is-error";

/** What a target shows. */
interface Shown {
  /** What its button does. */
  retry: (() => void) | undefined;
  takeBack(isReplaced: boolean): void;
}

export class Failures {
  readonly #shown = new Map<Element, Shown>();
  #unwatch: (() => void) | undefined;

  /**
   * @param isWaiting the target shows that it waits for this content, and nothing that would be lost.
   * @param retry ask again; undefined when that would not help.
   */
  show(target: Element, isWaiting: boolean, retry: (() => void) | undefined): void {
    const known = this.#shown.get(target);
    // It says the same, and the user may be at its button.
    if (known?.retry && retry && !unshadowed(target).hasAttribute("aria-busy")) {
      known.retry = retry;
      return;
    }
    this.clear(target);
    unshadowed(target).classList.add(ERROR_CLASS);
    unshadowed(target).removeAttribute("aria-busy");
    if (!isWaiting) return;
    const words = wordsFor(target, targetOptions(target).words);
    const spinner = [...unshadowed(target).childNodes];
    unshadowed(target).replaceChildren();
    const press = () => {
      this.clear(target);
      unshadowed(target).setAttribute("aria-busy", "true");
      shown.retry?.();
    };
    const button = retry && { label: words.retry, press };
    const hide = showNotice(target, { name: ERROR_CLASS, text: words.error, button });
    const takeBack = (isReplaced: boolean) => {
      hide();
      if (!isReplaced && !unshadowed(target).hasChildNodes()) unshadowed(target).append(...spinner);
    };
    const shown: Shown = { retry, takeBack };
    this.#shown.set(target, shown);
    this.#unwatch ??= watchPage({ removed: () => this.#clearRemoved() });
  }

  /**
   * The target has, or waits for, something else.
   *
   * @param isReplaced it has new content, even if that is none: its spinner is not wanted any more.
   */
  clear(target: Element, isReplaced = false): void {
    unshadowed(target).classList.remove(ERROR_CLASS);
    this.#shown.get(target)?.takeBack(isReplaced);
    if (!this.#shown.delete(target) || this.#shown.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  stop(): void {
    for (const target of [...this.#shown.keys()]) this.clear(target);
  }

  /** What is said beside a target goes with it. */
  #clearRemoved(): void {
    for (const target of [...this.#shown.keys()]) if (!isOnPage(target)) this.clear(target);
  }
}
