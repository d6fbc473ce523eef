/**
 * When a fetch is due: at once, a moment later with the others of a crowd, or when the user comes near its target. Uses one
 * IntersectionObserver, so that no layout is forced: where nothing is painted, in a hidden tab, nothing is near.
 */
import { dom, isOnPage, unshadowed } from "../ground/dom.ts";
import { targetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { findTargets } from "../ground/targets.ts";
import type { Planner, Start } from "./loader.ts";

/** How far outside the viewport counts as near: half a screen ahead of somebody who scrolls. */
const NEAR_MARGIN = "50%";

/** A fetch that is due when one of its targets is near. */
interface Watch {
  readonly selectors: readonly string[];
  /** The targets, and what is watched in place of those that have no box. */
  readonly elements: Set<Element>;
  near(): void;
}

export class Near implements Planner {
  readonly #jitter: number;
  readonly #watches = new Set<Watch>();
  readonly #watched = new Map<Element, Set<Watch>>();
  readonly #observer = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: NEAR_MARGIN });
  #unwatchPage: (() => void) | undefined;

  /** @param jitter over how many milliseconds the browsers of a crowd spread. */
  constructor(jitter: number) {
    this.#jitter = jitter;
  }

  plan(targets: readonly string[], isBroadcast: boolean, start: Start): () => void {
    if (!isBroadcast || this.#jitter === 0) return this.#whenDue(targets, start);
    let undo = () => {};
    const timer = setTimeout(() => {
      undo = this.#whenDue(targets, start);
    }, Math.random() * this.#jitter);
    return () => {
      clearTimeout(timer);
      undo();
    };
  }

  #whenDue(selectors: readonly string[], start: Start): () => void {
    const targets = selectors.flatMap(findTargets);
    const isLazy = targets.length > 0 && targets.every((target) => targetOptions(target).when === "visible");
    // What has to wait for its turn goes first as soon as it is seen.
    if (!isLazy && !start(false)) return () => {};
    const watch: Watch = { selectors, elements: new Set(), near: () => void start(true) };
    this.#watches.add(watch);
    this.#unwatchPage ??= watchPage({ removed: () => this.#elementsRemoved() });
    for (const target of targets) this.#observe(target, watch);
    return () => {
      this.#unobserve(watch);
      this.#watches.delete(watch);
      if (this.#watches.size > 0) return;
      this.#unwatchPage?.();
      this.#unwatchPage = undefined;
    };
  }

  #elementsRemoved(): void {
    for (const watch of this.#watches) {
      if ([...watch.elements].every((element) => isOnPage(element))) continue;
      this.#unobserve(watch);
      for (const target of watch.selectors.flatMap(findTargets)) this.#observe(target, watch);
    }
  }

  /** `near` is called, at least once, when the element is near the viewport. */
  #observe(element: Element, watch: Watch): void {
    const known = this.#watched.get(element);
    this.#watched.set(element, (known ?? new Set()).add(watch));
    watch.elements.add(element);
    // What is observed already would not be reported again.
    if (known) this.#observer.unobserve(element);
    this.#observer.observe(element);
  }

  #unobserve(watch: Watch): void {
    for (const element of watch.elements) {
      const watches = this.#watched.get(element);
      watches?.delete(watch);
      if (watches?.size !== 0) continue;
      this.#watched.delete(element);
      this.#observer.unobserve(element);
    }
    watch.elements.clear();
  }

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      // Asked here, where the layout has just been made, it costs next to nothing.
      const box = isIntersecting || boundingClientRect.height > 0 ? target : boxAround(target);
      for (const watch of [...(this.#watched.get(target) ?? [])]) {
        if (isIntersecting) watch.near();
        else if (box !== target) this.#observe(box, watch);
      }
    }
  }
}

/**
 * The element, or the nearest around it that has a box: one with `display: contents`, or an option, has none to be seen. What is
 * hidden is waited for.
 */
function boxAround(element: Element): Element {
  let box: Element | null = element;
  while (box && unshadowed(box).getClientRects().length === 0 && getComputedStyle(box).display !== "none") {
    box = unshadowed(box).parentElement;
  }
  return box ?? dom.documentElement;
}
