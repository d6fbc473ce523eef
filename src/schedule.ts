/** When a fetch is due: at once, a moment later with the others of a crowd, or when the user comes near its target. */
import { targetOptions } from "./options.ts";
import { findTargets } from "./targets.ts";
import { Viewport } from "./viewport.ts";

/** Says when; called again when it has become urgent. Returns whether the fetch still waits for its turn. */
export type Start = (isUrgent: boolean) => boolean;

export class Schedule {
  readonly #jitter: number;
  readonly #viewport = new Viewport();
  /** Look again at what is watched. */
  readonly #watches = new Set<() => void>();

  /** @param jitter over how many milliseconds the browsers of a crowd spread. */
  constructor(jitter: number) {
    this.#jitter = jitter;
  }

  /**
   * @param targets selectors; undefined while nobody knows them.
   * @param isBroadcast many browsers are told to fetch the same at the same moment.
   * @returns the undo, safe to call twice.
   */
  plan(targets: readonly string[] | undefined, isBroadcast: boolean, start: Start): () => void {
    let unwatch = () => {};
    const begin = () => {
      unwatch = this.#whenDue(targets, start);
    };
    if (!isBroadcast || this.#jitter === 0) {
      begin();
      return unwatch;
    }
    const timer = setTimeout(begin, Math.random() * this.#jitter);
    return () => {
      clearTimeout(timer);
      unwatch();
    };
  }

  /** Something was removed from the page: watch what has taken its place. */
  checkTargets(): void {
    for (const renew of [...this.#watches]) renew();
  }

  stop(): void {
    this.#watches.clear();
    this.#viewport.stop();
  }

  #whenDue(selectors: readonly string[] | undefined, start: Start): () => void {
    let targets = selectors?.flatMap(findTargets) ?? [];
    const isLazy = targets.length > 0 && targets.every((target) => targetOptions(target).when === "visible");
    // What has to wait for its turn goes first as soon as it is seen.
    if (!isLazy && !start(false)) return () => {};
    const near = () => void start(true);
    let unwatch = this.#viewport.watch(targets, near);
    const renew = () => {
      if (targets.every((target) => target.isConnected)) return;
      unwatch();
      targets = selectors?.flatMap(findTargets) ?? [];
      unwatch = this.#viewport.watch(targets, near);
    };
    this.#watches.add(renew);
    return () => {
      this.#watches.delete(renew);
      unwatch();
    };
  }
}
