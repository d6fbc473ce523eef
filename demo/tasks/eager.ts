/**
 * The task queue of a demo without Redis: what Celery calls `ALWAYS_EAGER`, but after the request instead of within it.
 * A few tasks run at once; the others wait in memory and are lost with the process.
 *
 * Knows nothing of the view behind a task's URL. Never logs a cookie.
 */
import { type PostOptions, post } from "./post.ts";
import { QuietTasks } from "./quiet.ts";
import type { Task, TaskCounts, TaskQueue } from "./task.ts";
import { type TurnLimits, Turns } from "./turns.ts";

const DEFAULT_LIMITS: TurnLimits = { running: 4, runningOfUser: 2, dear: 100 };

export interface EagerOptions extends PostOptions {
  /** Called for a task that will not be tried again. */
  readonly onDead: (task: Task, error: Error) => Promise<void>;
  readonly log: (line: string) => void;
  /** By default 4 tasks run at once, 2 of each user, and 100 is dear. */
  readonly limits?: TurnLimits;
}

export class EagerQueue implements TaskQueue {
  readonly #options: EagerOptions;
  readonly #turns: Turns;
  readonly #quiet = new QuietTasks((task) => this.#add(task));
  readonly #running = new Set<Promise<void>>();
  #done = 0;
  #failed = 0;
  #closed = false;

  constructor(options: EagerOptions) {
    this.#options = options;
    this.#turns = new Turns(options.limits ?? DEFAULT_LIMITS);
  }

  async counts(): Promise<TaskCounts> {
    const { waiting, running } = this.#turns;
    return { waiting: waiting + this.#quiet.size, running, done: this.#done, failed: this.#failed };
  }

  async enqueue(task: Task): Promise<void> {
    if (this.#closed) throw new Error(`${task.name}: expected an open queue, found a closed one`);
    if (task.quietMs !== undefined && task.quietMs > 0) return this.#quiet.add(task, task.quietMs);
    this.#quiet.drop(task);
    this.#add(task);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#quiet.clear();
    this.#turns.clear();
    await Promise.all(this.#running);
  }

  #add(task: Task): void {
    this.#turns.add(task);
    this.#start();
  }

  #start(): void {
    for (let task = this.#turns.take(); task; task = this.#turns.take()) {
      const begun = task;
      const run = this.#run(begun).then(() => {
        this.#turns.done(begun);
        this.#running.delete(run);
        this.#start();
      });
      this.#running.add(run);
    }
  }

  /** Never rejects: an error is counted, logged and passed to `onDead`. */
  async #run(task: Task): Promise<void> {
    try {
      const status = await post(task, this.#options);
      this.#done += 1;
      if (status === 202 && task.rest && !this.#closed) this.#turns.add(task.rest);
    } catch (cause) {
      this.#failed += 1;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.#options.log(`task ${task.name} ${task.url} failed: ${error.message}`);
      await this.#options.onDead(task, error).catch((worse: unknown) => {
        this.#options.log(`task ${task.name} ${task.url} could not be abandoned: ${String(worse)}`);
      });
    }
  }
}
