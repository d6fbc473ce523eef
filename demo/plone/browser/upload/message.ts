/**
 * What is said above the rows, in a live region: why nothing is sent, how many files are on their way, what came of them.
 * Knows nothing of the rows.
 */
import { Tally } from "./tally.ts";

export class Message {
  readonly tally = new Tally();
  readonly #element: Element;
  /** While several are on their way. */
  #progress: { readonly total: number; readonly count: HTMLElement } | undefined;

  constructor(element: Element) {
    this.#element = element;
  }

  clear(): void {
    this.#progress = undefined;
    this.#element.replaceChildren();
  }

  say(words: string, className = "muted"): HTMLElement {
    const paragraph = document.createElement("p");
    paragraph.className = className;
    paragraph.textContent = words;
    this.#element.replaceChildren(paragraph);
    return paragraph;
  }

  /** @param toCome how many files have not ended yet. */
  tell(toCome: number): void {
    if (toCome === 0) this.#sayResult();
    else this.#sayProgress(toCome + this.tally.count);
  }

  /** Of several, where the result will stand, so that the rows stay in their place. Read out is only how many there are. */
  #sayProgress(total: number): void {
    if (total === 1) return;
    if (this.#progress?.total !== total) {
      const count = document.createElement("span");
      count.ariaHidden = "true";
      this.say(`Sharing ${total} files. `).append(count);
      this.#progress = { total, count };
    }
    this.#progress.count.textContent = `${this.tally.count} done.`;
  }

  #sayResult(): void {
    const result = this.tally.sum();
    if (!result) return;
    this.#progress = undefined;
    this.say(result.words, result.isSeen ? "muted" : "visually-hidden");
  }
}
