/**
 * The task queue of a demo without Redis: what Celery calls `ALWAYS_EAGER`, but after the request instead of within it.
 * A few tasks run at once, the others wait in memory and end with the process.
 *
 * Makes each task's POST as its user and knows nothing of what the view behind it does. Never logs a cookie.
 */
import type { Task, TaskQueue } from "./task.ts";

export interface EagerOptions {
  /** The Plone worker instance, e.g. `http://127.0.0.1:8081`. */
  readonly worker: string;
  /** A task that will not be tried again. */
  readonly onDead: (task: Task, error: Error) => Promise<void>;
  readonly log: (line: string) => void;
  /** Tasks that run at once. Default 2. */
  readonly concurrency?: number;
  /** Until a task counts as dead, in milliseconds. Default five minutes, well above the conversion's own limit. */
  readonly timeout?: number;
}

/** How many tasks are where. `done` and `failed` are counted since the start. */
export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
}

export class EagerQueue implements TaskQueue {
  readonly #options: Required<EagerOptions>;
  readonly #waiting: Task[] = [];
  readonly #running = new Set<Promise<void>>();
  #done = 0;
  #failed = 0;
  #closed = false;

  constructor(options: EagerOptions) {
    this.#options = { concurrency: 2, timeout: 5 * 60 * 1000, ...options };
  }

  get counts(): QueueCounts {
    const { size: running } = this.#running;
    return { waiting: this.#waiting.length, running, done: this.#done, failed: this.#failed };
  }

  async enqueue(task: Task): Promise<void> {
    if (this.#closed) throw new Error(`${task.name}: expected an open queue, found a closed one`);
    this.#waiting.push(task);
    this.#startNext();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await Promise.all(this.#running);
  }

  #startNext(): void {
    if (this.#running.size >= this.#options.concurrency) return;
    const task = this.#waiting.shift();
    if (!task) return;
    const run = this.#run(task).finally(() => {
      this.#running.delete(run);
      this.#startNext();
    });
    this.#running.add(run);
  }

  /** Never rejects: what goes wrong is counted, logged and handed to `onDead`. */
  async #run(task: Task): Promise<void> {
    try {
      await this.#post(task);
      this.#done += 1;
    } catch (cause) {
      this.#failed += 1;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const reason = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
      this.#options.log(`task ${task.name} ${task.url} failed: ${reason}`);
      await this.#options.onDead(task, error).catch((worse: unknown) => {
        this.#options.log(`task ${task.name} ${task.url} could not be given up: ${String(worse)}`);
      });
    }
  }

  async #post({ name, url, form, cookie }: Task): Promise<void> {
    const response = await fetch(new URL(url, this.#options.worker), {
      method: "POST",
      headers: { Cookie: cookie, "X-Task-Name": name },
      body: new URLSearchParams(form),
      // A redirect leads to a login page; following it would look like success.
      redirect: "manual",
      signal: AbortSignal.timeout(this.#options.timeout),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`expected status 200, found ${response.status}`);
  }
}
