/** Puts contents into their targets: in order, without interrupting the user, and never without telling what became of them. */
import { type Change, type Content, isReplacement } from "../ground/change.ts";
import { dom, elementById, isOnPage, matches, unshadowed } from "../ground/dom.ts";
import { emit, type InjectionDetail } from "../ground/events.ts";
import type { Job } from "../ground/job.ts";
import { targetOptions } from "../ground/options.ts";
import { PAGE_TOKEN } from "../ground/page-token.ts";
import { canonical, requireTargets } from "../ground/targets.ts";
import { type Field, fieldsOf, isField, isSameField } from "../manners/entries.ts";
import { keepFocus } from "../manners/focus.ts";
import { Waiting } from "../manners/waiting.ts";
import { insert, Piece } from "./insert.ts";
import { isKnown, isLike, isLive, makersOf } from "./live.ts";
import { morph } from "./morph.ts";
import { Slices } from "./slices.ts";
import { findSources } from "./source.ts";

interface InjectorListener {
  failed(error: unknown, job: Job, changes: readonly Change[]): void;
  /** The target is not there any more: the change has to wait for it. */
  gone(change: Change): void;
  /** Found on the page already: these are for delivery to put in order. `fetched`: when their snippet was there. */
  known(changes: readonly Change[], snippet: Pick<Content, "html" | "fetched">): void;
  /** In place; `target` is what the content was for, `successor` what stands there now. */
  injected(target: Element, successor: Element, change: Change): void;
}

export class Injector {
  readonly #listener: InjectorListener;
  readonly #waiting = new Waiting();
  readonly #slices = new Slices((content) => this.#inject(content));
  #isStopped = false;

  constructor(listener: InjectorListener) {
    this.#listener = listener;
  }

  /** How many contents are not in place yet, those that wait for the user included. */
  get size(): number {
    return this.#slices.size + this.#waiting.size;
  }

  /** The content is put in place after that of all earlier calls. */
  put(content: Content): void {
    this.#slices.put(content);
  }

  stop(): void {
    this.#isStopped = true;
    this.#slices.stop();
    this.#waiting.stop();
  }

  async #inject(content: Content): Promise<void> {
    const { changes, html } = content;
    const shared = changes.filter((change) => change.html === undefined);
    if (shared.length > 0) await this.#injectFrom(html, shared, content);
    for (const change of changes) {
      if (change.html !== undefined) await this.#injectFrom(change.html, [change], content);
    }
  }

  async #injectFrom(html: string, changes: readonly Change[], { job, fetched }: Content): Promise<void> {
    try {
      const sources = changes.every(({ isRead }) => isRead)
        ? changes.map(() => html)
        : await findSources(html, changes);
      if (this.#isStopped) return;
      for (const [index, change] of changes.entries()) {
        const source = sources[index];
        const targets = requireTargets(change.target, change.action);
        if (source instanceof Error) this.#listener.failed(source, job, [change]);
        // It went while its content was on the way.
        else if (targets.length === 0) this.#listener.gone(change);
        else if (source !== undefined) for (const target of targets) this.#offer(target, source, change, fetched);
      }
    } catch (error) {
      this.#listener.failed(error, job, changes);
    }
  }

  #offer(target: Element, source: string, change: Change, fetched: number): void {
    // A target inside another one went with it.
    if (!isOnPage(target)) return;
    const { job, kind } = change;
    const piece = new Piece(source, fetched);
    const options = targetOptions(target);
    const isMorphed = isMorph(target, change.action);
    this.#waiting.offer(target, {
      kind,
      isOwn: job.message.author === PAGE_TOKEN,
      isWhole: change.action === "element",
      isMorph: isMorphed,
      options,
      lacks: (entry) =>
        !unshadowed(entry).closest(options.keep ?? ":not(*)") && !hasSuccessor(entry, target, piece, isMorphed),
      apply: (giveBack) => {
        this.#slices.settle(change.target, isMorphed ? target : undefined);
        const isLeft = isReplacement(change) || !job.message.once || this.#takeKnown(piece, change);
        if (isLeft) this.#apply(target, piece, change, giveBack);
      },
      lost: () => this.#listener.gone(change),
    });
  }

  /**
   * Items that are on the page already are replaced, each in the order of what else happens to it.
   *
   * @returns whether anything is left to insert.
   */
  #takeKnown({ html, fetched, fragment }: Piece, change: Change): boolean {
    const known: Change[] = [];
    for (const item of [...fragment.children].map(unshadowed)) {
      const id = item.getAttribute("id");
      if (!id || !elementById(id)) continue;
      item.remove();
      const as = { target: canonical(`#${CSS.escape(id)}`), kind: "replacement", action: "element" } as const;
      const config = { ...change.config, action: as.action };
      known.push({ ...change, ...as, config, html: item.outerHTML, isRead: true });
    }
    if (known.length > 0) this.#listener.known(known, { html, fetched });
    return fragment.childElementCount > 0 || Boolean(fragment.textContent?.trim());
  }

  #apply(target: Element, piece: Piece, change: Change, giveBack: () => void): void {
    const { action } = change;
    const { message, trace, received } = change.job;
    const detail: InjectionDetail = { id: message.id, trace, url: message.url, target: change.target, action };
    const before = {
      ...detail,
      get fragment() {
        return piece.fragment;
      },
    };
    if (!emit(target, "before-inject", before)) return;
    if (!isOnPage(target)) {
      this.#listener.gone(change);
      return;
    }
    const parent = unshadowed(target).parentElement ?? dom.body;
    const refocus = keepFocus(target);
    let nodes: readonly Node[] = [];
    try {
      nodes = isMorph(target, action)
        ? morph(target, piece.fragment, action, targetOptions(target).keep)
        : insert(piece.html, target, change);
    } catch (error) {
      this.#listener.failed(error, change.job, [change]);
      return;
    } finally {
      refocus(nodes);
    }
    giveBack();
    const successor = isOnPage(target) ? target : (nodes.find((node) => node instanceof Element) ?? parent);
    this.#slices.add({
      target: change.target,
      nodes,
      tell: () => {
        this.#listener.injected(target, successor, change);
        const timings = { received, fetched: piece.fetched, injected: performance.now() };
        emit(isOnPage(successor) ? successor : dom.body, "injected", { ...detail, timings });
      },
    });
  }
}

/** Whether there is something in new content for what the user enters something into or has opened, or for what has made that. */
function hasSuccessor(entry: Element, target: Element, { fragment }: Piece, isMorphed: boolean): boolean {
  const isOpener = (element: Element) => !isField(element) && matches(element, "[aria-expanded]");
  // What scripts have made of something can be told from what the server sent only after a morph: the first would take it away.
  const isSafe = (element: Element) => !isMorphed || isKnown(element) || !(isLive(element) || isOpener(element));
  const isThere = (element: Element) =>
    isSafe(element) &&
    [...fragment.querySelectorAll(unshadowed(element).localName)].some((one) => isLike(one, element));
  // Of several alike, with one less nobody knows which has gone.
  const alike = (root: Element | DocumentFragment, old: Field) => fieldsOf(root).filter(isSameField(old)).length;
  const isAlike = (field: Field) => isSafe(field) && alike(fragment, field) >= alike(target, field);
  if (isField(entry) ? isAlike(entry) : isThere(entry)) return true;
  return entry !== dom.activeElement && makersOf(entry, target).some(isThere);
}

function isMorph(target: Element, action: string): action is "element" | "content" {
  const { swap, keep } = targetOptions(target);
  const inside = unshadowed(target);
  // Out of the page and in again, an element would not be as it was: with something to keep, the rest changes around it.
  const isAround = keep !== undefined && inside.querySelector(keep) !== null;
  return (action === "element" || action === "content") && (swap === "morph" || isAround);
}
