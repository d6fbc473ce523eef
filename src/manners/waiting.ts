/**
 * Lets updates wait while the user is busy with their target: the target says that there is one, and gets it when the user
 * leaves it or asks for it. Knows what it means to be busy from busy.ts, and no messages.
 */
import { dom } from "../ground/dom.ts";
import type { TargetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { focusedElement, isDirty, isOccupied, LEAVING, watchUse } from "./busy.ts";
import { type Field, fieldsOf, hasEntries, isEntered, isField, keepEntries } from "./entries.ts";
import { isHeld, RELEASES } from "./hands.ts";
import { showNotice } from "./notice.ts";
import { wordsFor } from "./words.ts";

/** A change of one target. */
export interface Update {
  /** A replacement makes those before it needless; what is put beside or into a target does not hurt it. */
  readonly isReplacement: boolean;
  /** An insertion before or after the target itself, which no replacement wipes out. */
  readonly isBeside: boolean;
  readonly options: TargetOptions;
  /** Whether its content has no such field. */
  lacks(field: Field): boolean;
  apply(): void;
  /** The target has left the page before the update could be applied. */
  lost(): void;
}

interface Held {
  /** In order. What a newer replacement would wipe out is not among them. */
  updates: Update[];
  /** The user has been at the target since it says that there is an update. */
  isTold: boolean;
  /** Takes the notice away; undefined while there is none. */
  hide?: () => void;
}

/** On a target that an update waits for. */
const CLASS = "has-update";

export class Waiting {
  readonly #waiting = new Map<Element, Held>();
  #listeners: AbortController | undefined;
  #check: ReturnType<typeof setTimeout> | undefined;
  #unwatchPage: (() => void) | undefined;
  readonly #unwatchUse = watchUse();

  /** Apply an update, now or when the user has done with the target. */
  offer(target: Element, update: Update): void {
    const waiting = this.#waiting.get(target);
    if (waiting) {
      const kept = update.isReplacement ? waiting.updates.filter(({ isBeside }) => isBeside) : waiting.updates;
      waiting.updates = [...kept, update];
    } else if (update.isReplacement && (isInterruption(target, update) || mayLose(target, update))) {
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
    this.#unwatchUse();
  }

  #wait(target: Element, update: Update): void {
    const isTold = isInterruption(target, update) && !isHeld(target);
    const held: Held = { updates: [update], isTold };
    target.classList.add(CLASS);
    this.#waiting.set(target, held);
    this.#tell(target, held, update);
    this.#watch();
  }

  /** Not while something is pressed: it would move away under the pointer, and the click be lost. */
  #tell(target: Element, held: Held, { options }: Update): void {
    if (held.hide || isHeld(target)) return;
    const button = { label: wordsFor(target, options.words).update, press: () => this.#apply(target) };
    held.hide = showNotice(target, { name: "is-update", button });
  }

  #apply(target: Element): void {
    const { updates = [] } = this.#waiting.get(target) ?? {};
    this.#end(target);
    const giveBack = keepEntries(target);
    for (const update of updates) {
      // The one before may have put something else in its place.
      if (target.isConnected) update.apply();
      else update.lost();
    }
    giveBack();
  }

  #end(target: Element): void {
    this.#waiting.get(target)?.hide?.();
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
      for (const type of RELEASES) dom.addEventListener(type, () => this.#soon(), options);
    }
    // `is-dirty` and `open` are taken off without an event.
    this.#unwatchPage ??= watchPage({ changed: () => this.#soon(), removed: () => this.#releaseLost() });
  }

  #left({ target: where }: Event): void {
    for (const [target, waiting] of this.#waiting) {
      if (where instanceof Node && target.contains(where)) waiting.isTold = true;
    }
    this.#soon();
  }

  /** A moment later: when a field loses the focus, the next one does not have it yet. */
  #soon(): void {
    this.#check ??= setTimeout(() => {
      this.#check = undefined;
      for (const [target, held] of [...this.#waiting]) {
        const [first] = held.updates;
        if (!first || !target.isConnected) continue;
        const isFree = !isInterruption(target, first) && (held.isTold || !mayLose(target, first));
        if (isFree) this.#apply(target);
        else this.#tell(target, held, first);
      }
      this.#releaseLost();
    });
  }
}

/** Morphing keeps fields, selection and what plays, as long as they are in the new content; what is dirty it might not. */
function isInterruption(target: Element, { options, lacks }: Update): boolean {
  if (options.swap === "inject") return isOccupied(target);
  const focused = focusedElement();
  const isAway =
    focused instanceof HTMLIFrameElement || (isField(focused) && target.contains(focused) && lacks(focused));
  return isDirty(target) || isHeld(target) || (isAway && target.contains(focused));
}

/** Something has been entered, and its user has not been told that an update waits. */
function mayLose(target: Element, { options, lacks }: Update): boolean {
  if (options.swap === "inject") return hasEntries(target);
  return fieldsOf(target).some((field) => target.contains(field) && isEntered(field) && lacks(field));
}
