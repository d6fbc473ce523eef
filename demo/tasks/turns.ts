/**
 * Whose task is next: users take turns, and of a user's own the cheapest comes first. Knows nothing of how tasks are done.
 */
import { equality } from "./equal.ts";
import type { Task } from "./task.ts";

export interface TurnLimits {
  /** Tasks that run at once. */
  readonly running: number;
  /** Of these, a single user's. Where there may be several, one of them is left for what is cheap. */
  readonly runningOfUser: number;
  /** From this cost on a task is dear. */
  readonly dear: number;
}

export class Turns {
  readonly #limits: TurnLimits;
  /** In the order in which they were added. */
  #waiting: Task[] = [];
  readonly #running = new Set<Task>();
  /** By user, when their last task was begun: the number of the turn. */
  readonly #lastTurn = new Map<string, number>();
  #turn = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running.size;
  }

  /** In the place of an equal one that waits: what they do is done once, with the newest cookie. */
  add(task: Task): void {
    const same = equality(task);
    const at = this.#waiting.findIndex((other) => equality(other) === same);
    if (at < 0) this.#waiting.push(task);
    else this.#waiting[at] = task;
  }

  /** The next task, which then counts as running; undefined while none may run. */
  take(): Task | undefined {
    if (this.#running.size >= this.#limits.running) return undefined;
    const [next] = this.#waiting.filter((task) => this.#mayRun(task)).sort((a, b) => this.#compare(a, b));
    if (!next) return undefined;
    this.#waiting = this.#waiting.filter((task) => task !== next);
    this.#running.add(next);
    this.#lastTurn.set(next.user, ++this.#turn);
    return next;
  }

  /** The task runs no more. */
  done(task: Task): void {
    this.#running.delete(task);
  }

  /** Forget what waits. */
  clear(): void {
    this.#waiting = [];
  }

  #mayRun({ user, cost }: Task): boolean {
    const { runningOfUser, dear } = this.#limits;
    const own = [...this.#running].filter((task) => task.user === user);
    if (own.length >= runningOfUser) return false;
    const dearOnes = own.filter((task) => task.cost >= dear).length;
    return cost < dear || dearOnes < Math.max(1, runningOfUser - 1);
  }

  /** Who has waited longest for a turn is first. Sorting is stable: equal tasks stay in their order. */
  #compare(a: Task, b: Task): number {
    return this.#turnOf(a) - this.#turnOf(b) || a.cost - b.cost;
  }

  #turnOf({ user }: Task): number {
    return this.#lastTurn.get(user) ?? 0;
  }
}
