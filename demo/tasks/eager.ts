/**
 * The task queue of a demo without Redis: what Celery calls `ALWAYS_EAGER`, but after the request instead of within it.
 * A few tasks run at once; the others wait in memory and are lost with the process.
 *
 * Makes each task's POST as its user, and knows nothing of the view behind its URL. Never logs a cookie.
 */
import PQueue from "p-queue";
import type { Task, TaskCounts, TaskQueue } from "./task.ts";

const DEFAULT_CONCURRENCY = 2;
/** Well above the conversion's own limit. */
const DEFAULT_TIMEOUT_MS = 5 * 60 * 1000;

export interface EagerOptions {
  /** The Plone worker instance, e.g. `http://127.0.0.1:8081`. */
  readonly workerUrl: string;
  /** Called for a task that will not be tried again. */
  readonly onDead: (task: Task, error: Error) => Promise<void>;
  readonly log: (line: string) => void;
  /** Tasks that run at once. Default 2. */
  readonly concurrency?: number;
  /** The time after which a running task counts as failed. Default five minutes. */
  readonly timeoutMs?: number;
}

export class EagerQueue implements TaskQueue {
  readonly #options: EagerOptions;
  readonly #queue: PQueue;
  #done = 0;
  #failed = 0;
  #closed = false;

  constructor(options: EagerOptions) {
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.concurrency ?? DEFAULT_CONCURRENCY });
  }

  async counts(): Promise<TaskCounts> {
    return { waiting: this.#queue.size, running: this.#queue.pending, done: this.#done, failed: this.#failed };
  }

  async enqueue(task: Task): Promise<void> {
    if (this.#closed) throw new Error(`${task.name}: expected an open queue, found a closed one`);
    void this.#queue.add(() => this.#run(task));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  /** Never rejects: an error is counted, logged and passed to `onDead`. */
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
        this.#options.log(`task ${task.name} ${task.url} could not be abandoned: ${String(worse)}`);
      });
    }
  }

  async #post({ name, url, form, cookie }: Task): Promise<void> {
    const { workerUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const response = await fetch(new URL(url, workerUrl), {
      method: "POST",
      headers: { Cookie: cookie, "X-Task-Name": name },
      body: new URLSearchParams(form),
      // A redirect leads to a login page; following it would look like success.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`expected status 200, found ${response.status}`);
  }
}
