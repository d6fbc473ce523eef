/**
 * Works off contents in slices, in order: after each slice the browser may do what is due, and what the slice has put in
 * place is scanned for patterns together and then told.
 */
import type { Content } from "../ground/change.ts";
import { unshadowed } from "../ground/dom.ts";
import { warn } from "../ground/events.ts";
import { nextTask } from "../ground/next-task.ts";
import { scan } from "./scan.ts";

/** A change that is in place, but not yet scanned and told. */
interface Applied {
  /** The target's selector. */
  readonly target: string;
  /** What is new on the page. */
  readonly nodes: readonly Node[];
  tell(): void;
}

/** Work in one task of the browser, in milliseconds: its scan comes on top, and a frame has 16. */
const SLICE_MS = 8;
/** Contents closer to each other than this, in milliseconds, are a burst. */
const BURST_MS = 20;

export class Slices {
  readonly #work: (content: Content) => Promise<void>;
  #contents: Content[] = [];
  #running: Promise<void> | undefined;
  /** What this slice of a burst has put in place; undefined at rest. */
  #applied: Applied[] | undefined;
  #ended = Number.NEGATIVE_INFINITY;

  /** @param work deals with one content. */
  constructor(work: (content: Content) => Promise<void>) {
    this.#work = work;
  }

  /** How many contents are not worked off. */
  get size(): number {
    return this.#contents.length;
  }

  put(content: Content): void {
    this.#contents.push(content);
    this.#running ??= this.#run();
  }

  /**
   * Whoever hears of a change must still find it there: called before another change of the same target.
   *
   * @param around what is about to be morphed: what is new in it gets its patterns before.
   */
  settle(target: string, around?: Element): void {
    const isIn = (node: Node) => around !== undefined && unshadowed(around).contains(node);
    if (this.#applied?.some((one) => one.target === target || one.nodes.some(isIn))) finish(this.#applied);
  }

  /** A change is in place: in a burst it is told with its slice, at rest at once. */
  add(applied: Applied): void {
    if (this.#applied) this.#applied.push(applied);
    else finish([applied]);
  }

  stop(): void {
    this.#contents = [];
  }

  async #run(): Promise<void> {
    // In a burst, what has arrived behind this one is taken along; at rest nothing is waited for.
    if (performance.now() - this.#ended < BURST_MS) await nextTask();
    while (this.size > 0) {
      await this.#slice();
      if (this.size > 0) await nextTask();
    }
    // Not a moment later: what is put from now on needs slices of its own.
    this.#running = undefined;
  }

  async #slice(): Promise<void> {
    const applied: Applied[] = [];
    const until = performance.now() + SLICE_MS;
    const isBurst = this.size > 1;
    do {
      const content = this.#contents.shift();
      this.#applied = isBurst ? applied : undefined;
      if (content) await this.#work(content).catch((error: unknown) => warn(`not injected: ${error}`));
      this.#applied = undefined;
    } while (this.size > 0 && performance.now() < until);
    finish(applied);
    this.#ended = performance.now();
  }
}

/** Empties the list. */
function finish(list: Applied[]): void {
  const applied = list.splice(0);
  try {
    const nodes = applied.flatMap((one) => one.nodes);
    scan(nodes, (error, pattern) => warn(`pattern ${pattern}, in what was injected: ${error}`));
  } catch (error) {
    warn(`after injecting: ${error}`);
  }
  for (const { tell } of applied) tell();
}
