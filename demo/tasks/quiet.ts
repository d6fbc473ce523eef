/**
 * Tasks that wait until it is quiet: each equal one that comes begins the quiet time anew, and takes the place of the one before.
 * In memory. Knows nothing of turns.
 */
import { equality } from "./equal.ts";
import { MAX_QUIET_TIMES, type Task } from "./task.ts";

interface Waiting {
  readonly task: Task;
  readonly timer: NodeJS.Timeout;
  /** When it has waited long enough, quiet or not, by `performance.now`. */
  readonly limit: number;
}

export class QuietTasks {
  readonly #waiting = new Map<string, Waiting>();
  readonly #onQuiet: (task: Task) => void;

  constructor(onQuiet: (task: Task) => void) {
    this.#onQuiet = onQuiet;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(task: Task, quietMs: number): void {
    const same = equality(task);
    const known = this.#waiting.get(same);
    clearTimeout(known?.timer);
    const now = performance.now();
    const limit = known?.limit ?? now + MAX_QUIET_TIMES * quietMs;
    const timer = setTimeout(() => this.#end(same), Math.min(quietMs, limit - now));
    this.#waiting.set(same, { task, timer, limit });
  }

  /** An equal task does not wait: neither does this one. */
  drop(task: Task): void {
    const same = equality(task);
    clearTimeout(this.#waiting.get(same)?.timer);
    this.#waiting.delete(same);
  }

  /** Forgets them. */
  clear(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #end(same: string): void {
    const waiting = this.#waiting.get(same);
    this.#waiting.delete(same);
    if (waiting) this.#onQuiet(waiting.task);
  }
}
