/**
 * Lets updates wait while the user is busy with their target: the target says that there is one, and gets it when the user
 * leaves it or asks for it. Knows what it means to be busy from busy.ts, and no messages.
 */
import { dom } from "../ground/dom.ts";
import type { TargetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { isDirty, isOccupied, LEAVING, watchSelection } from "./busy.ts";
import { hasEntries, keepEntries } from "./entries.ts";
import { showNotice } from "./notice.ts";
import { wordsFor } from "./words.ts";

/** A change of one target. */
export interface Update {
  /** A replacement makes those before it needless; what is put beside or into a target does not hurt it. */
  readonly isReplacement: boolean;
  /** An insertion before or after the target itself, which no replacement wipes out. */
  readonly isBeside: boolean;
  readonly options: TargetOptions;
  apply(): void;
  /** The target has left the page before the update could be applied. */
  lost(): void;
}

interface Held {
  /** In order. What a newer replacement would wipe out is not among them. */
  updates: Update[];
  /** The user has been at the target since it says that there is an update. */
  isTold: boolean;
  /** What the user has entered was sent: it is not needed any more. */
  isSent: boolean;
  readonly hide: () => void;
}

/** On a target that an update waits for. */
const CLASS = "has-update";

export class Waiting {
  readonly #waiting = new Map<Element, Held>();
  #listeners: AbortController | undefined;
  #check: ReturnType<typeof setTimeout> | undefined;
  #unwatchPage: (() => void) | undefined;
  #unwatchSelection: (() => void) | undefined;

  /** Apply an update, now or when the user has done with the target. */
  offer(target: Element, update: Update): void {
    this.#unwatchSelection ??= watchSelection();
    const waiting = this.#waiting.get(target);
    if (waiting) {
      const kept = update.isReplacement ? waiting.updates.filter(({ isBeside }) => isBeside) : waiting.updates;
      waiting.updates = [...kept, update];
    } else if (update.isReplacement && (isInterruption(target, update.options) || mayLose(target, update.options))) {
      this.#wait(target, update);
    } else {
      update.apply();
    }
  }

  #releaseLost(): void {
    for (const [target, { updates }] of [...this.#waiting]) {
      if (target.isConnected) continue;
      this.#end(target);
      for (const update of updates) update.lost();
    }
  }

  stop(): void {
    for (const target of [...this.#waiting.keys()]) this.#end(target);
    this.#unwatchSelection?.();
    this.#unwatchSelection = undefined;
  }

  #wait(target: Element, update: Update): void {
    const label = wordsFor(target, update.options.words).update;
    const button = { label, press: () => this.#apply(target) };
    target.classList.add(CLASS);
    const hide = showNotice(target, { name: "is-update", button });
    const isTold = isInterruption(target, update.options);
    this.#waiting.set(target, { updates: [update], isTold, isSent: false, hide });
    this.#watch();
  }

  #apply(target: Element): void {
    const { updates = [], isSent = false } = this.#waiting.get(target) ?? {};
    this.#end(target);
    const giveBack = isSent ? () => {} : keepEntries(target);
    for (const update of updates) {
      // The one before may have put something else in its place.
      if (target.isConnected) update.apply();
      else update.lost();
    }
    giveBack();
  }

  #end(target: Element): void {
    this.#waiting.get(target)?.hide();
    this.#waiting.delete(target);
    target.classList.remove(CLASS);
    if (this.#waiting.size > 0) return;
    this.#listeners?.abort();
    this.#listeners = undefined;
    this.#unwatchPage?.();
    this.#unwatchPage = undefined;
    clearTimeout(this.#check);
    this.#check = undefined;
  }

  #watch(): void {
    if (!this.#listeners) {
      this.#listeners = new AbortController();
      const options = { capture: true, signal: this.#listeners.signal };
      // Whoever leaves a frame comes back to the window.
      window.addEventListener("focus", () => this.#soon(), options);
      for (const type of LEAVING) dom.addEventListener(type, (event) => this.#left(event), options);
    }
    // `is-dirty` and `open` are taken off without an event.
    this.#unwatchPage ??= watchPage({ changed: () => this.#soon(), removed: () => this.#releaseLost() });
  }

  #left({ type, target: where }: Event): void {
    for (const [target, waiting] of this.#waiting) {
      if (!(where instanceof Node) || !target.contains(where)) continue;
      waiting.isTold = true;
      if (type === "submit") waiting.isSent = true;
    }
    this.#soon();
  }

  /** A moment later: when a field loses the focus, the next one does not have it yet. */
  #soon(): void {
    this.#check ??= setTimeout(() => {
      this.#check = undefined;
      for (const [target, { updates, isTold }] of [...this.#waiting]) {
        const [first] = updates;
        if (!first || !target.isConnected || isInterruption(target, first.options)) continue;
        if (isTold || !mayLose(target, first.options)) this.#apply(target);
      }
      this.#releaseLost();
    });
  }
}

/** Morphing keeps focus, selection and what plays; what the page calls dirty it might not. */
function isInterruption(target: Element, { swap }: TargetOptions): boolean {
  return swap === "morph" ? isDirty(target) : isOccupied(target);
}

/** Something has been entered, and its user has not been told that an update waits. */
function mayLose(target: Element, { swap }: TargetOptions): boolean {
  return swap === "inject" && hasEntries(target);
}
