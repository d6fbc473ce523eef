/**
 * Lets updates wait while the user is busy with their target: the target says that there is one, and gets it when the user
 * leaves it or asks for it. Knows what it means to be busy from busy.ts, and no messages.
 */
import { focusedElement, isOnPage, matches, unshadowed } from "../ground/dom.ts";
import type { TargetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { Timer } from "../ground/timer.ts";
import { hasFocus, isDirty, isOccupied, LEAVING, OPEN_PICKER, watchUse } from "./busy.ts";
import { elementsIn, isEntered, isField, isFrame, isSealed, keepEntries } from "./entries.ts";
import { isHeld, isOpened, RELEASES } from "./hands.ts";
import { NOTICE, showNotice } from "./notice.ts";
import { listen } from "./watch.ts";
import { wordsFor } from "./words.ts";

/** A change of one target. */
export interface Update {
  /** A replacement makes those before it needless, but for those beside the target; an insertion does not hurt it. */
  readonly kind: "replacement" | "inside" | "beside";
  /** It comes of what the user has done on this page, and the answer to that has brought it: it waits without a notice. */
  readonly isOwn: boolean;
  /** It replaces the target itself, not only its content. */
  readonly isWhole: boolean;
  /** It changes only what is different: fields, selection and what plays stay as long as they are in the new content. */
  readonly isMorph: boolean;
  readonly options: TargetOptions;
  /**
   * Whether its content has nothing in the place of what the user enters something into, or has opened: a field, an editor, a
   * menu, what holds one.
   */
  lacks(entry: Element): boolean;
  /** @param giveBack puts what was entered into the new fields: before patterns see them. */
  apply(giveBack: () => void): void;
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

/** On a target that an update waits for, unless it is the user's own. */
const UPDATE_CLASS = "has-update";

export class Waiting {
  readonly #waiting = new Map<Element, Held>();
  #listeners: AbortController | undefined;
  readonly #check = new Timer(() => this.#look());
  #unwatchPage: (() => void) | undefined;
  readonly #unwatchUse = watchUse();

  /** How many updates wait. */
  get size(): number {
    let size = 0;
    for (const { updates } of this.#waiting.values()) size += updates.length;
    return size;
  }

  /** Apply an update, now or when the user has done with the target. */
  offer(target: Element, update: Update): void {
    const waiting = this.#waiting.get(target);
    if (waiting) {
      if (isReplacement(update)) waiting.updates = waiting.updates.filter(({ kind }) => kind === "beside");
      waiting.updates.push(update);
      this.#tell(target, waiting);
    } else if (mustWait(target, update, false)) {
      this.#wait(target, update);
    } else {
      update.apply(() => {});
    }
  }

  #releaseLost(): void {
    for (const [target, { updates }] of [...this.#waiting]) {
      if (isOnPage(target)) continue;
      this.#end(target);
      for (const update of updates) update.lost();
    }
  }

  stop(): void {
    for (const target of [...this.#waiting.keys()]) this.#end(target);
    this.#unwatchUse();
  }

  #wait(target: Element, update: Update): void {
    const held: Held = { updates: [update], isTold: false };
    this.#waiting.set(target, held);
    this.#tell(target, held);
    held.isTold = held.hide !== undefined && isInterruption(target, update);
    this.#watch();
  }

  /** The notice not while something is pressed: it would move away under the pointer, and the click be lost. */
  #tell(target: Element, held: Held): void {
    const update = held.updates.find((one) => !one.isOwn && isReplacement(one));
    if (!update) return;
    unshadowed(target).classList.add(UPDATE_CLASS);
    if (held.hide || isHeld(target)) return;
    const button = { label: wordsFor(target, update.options.words).update, press: () => this.#apply(target) };
    held.hide = showNotice(target, { name: "is-update", button });
  }

  #apply(target: Element): void {
    const { updates = [] } = this.#waiting.get(target) ?? {};
    this.#end(target);
    const giveBack = keepEntries(target);
    for (const update of updates) {
      // The one before may have put something else in its place.
      if (isOnPage(target)) update.apply(giveBack);
      else update.lost();
    }
  }

  #end(target: Element): void {
    this.#waiting.get(target)?.hide?.();
    this.#waiting.delete(target);
    unshadowed(target).classList.remove(UPDATE_CLASS);
    if (this.#waiting.size > 0) return;
    this.#listeners?.abort();
    this.#listeners = undefined;
    this.#unwatchPage?.();
    this.#unwatchPage = undefined;
    this.#check.stop();
  }

  #watch(): void {
    if (!this.#listeners) {
      this.#listeners = new AbortController();
      const { signal } = this.#listeners;
      // Whoever leaves a frame comes back to the window.
      window.addEventListener("focus", () => this.#soon(), { capture: true, signal });
      listen(LEAVING, signal, (event) => this.#left(event));
      listen(RELEASES, signal, () => this.#soon());
    }
    // `is-dirty` and `open` are taken off without an event.
    this.#unwatchPage ??= watchPage({ changed: () => this.#soon(), removed: () => this.#releaseLost() });
  }

  #left({ target: where }: Event): void {
    for (const [target, waiting] of this.#waiting) {
      if (waiting.hide && where instanceof Node && unshadowed(target).contains(where)) waiting.isTold = true;
    }
    this.#soon();
  }

  /** A moment later: when a field loses the focus, the next one does not have it yet. */
  #soon(): void {
    this.#check.start();
  }

  #look(): void {
    for (const [target, held] of [...this.#waiting]) {
      if (!isOnPage(target)) continue;
      if (held.updates.some((update) => mustWait(target, update, held.isTold))) this.#tell(target, held);
      else this.#apply(target);
    }
    this.#releaseLost();
  }
}

function isReplacement({ kind }: Update): boolean {
  return kind === "replacement";
}

/** @param isTold the user has been at the target since it says that there is an update. */
function mustWait(target: Element, update: Update, isTold: boolean): boolean {
  // What is pressed would move away under the pointer, and the click be lost.
  if (!isReplacement(update)) return isHeld(unshadowed(target).parentElement ?? target);
  return isInterruption(target, update) || mayLose(target, update, isTold);
}

/** What is dirty, morphing might not keep. */
function isInterruption(target: Element, { isMorph, isWhole, lacks }: Update): boolean {
  if (!isMorph) return isOccupied(target, isWhole);
  const focused = focusedElement();
  // What is seen of the first three does not tell whether they stay as they are.
  const isAway = (element: Element) =>
    isFrame(element) || isSealed(element) || matches(element, `.${NOTICE} *`) || lacks(hostIn(target, element));
  return (
    isDirty(target) ||
    isHeld(target) ||
    (focused !== null && hasFocus(target) && isAway(focused)) ||
    elementsIn(target).some(
      (part) => (isOpened(part, target, isWhole) && lacks(hostIn(target, part))) || matches(part, OPEN_PICKER),
    )
  );
}

/** Something has been entered, and its user has not been told that an update waits, or it could not be given back. */
function mayLose(target: Element, { isMorph, lacks }: Update, isTold: boolean): boolean {
  const isLost = (entry: Element) =>
    isMorph ? lacks(hostIn(target, entry)) : !isTold || !isField(entry) || lacks(entry);
  return elementsIn(target).some((entry) => isEntered(entry) && isLost(entry));
}

/** What in the target's own tree holds it, when it is in a shadow tree. */
function hostIn(target: Element, element: Element): Element {
  const root = unshadowed(element).getRootNode();
  return root instanceof ShadowRoot && !unshadowed(target).contains(element) ? hostIn(target, root.host) : element;
}
