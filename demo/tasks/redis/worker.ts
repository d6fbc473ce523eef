/**
 * A task worker: takes tasks from Redis and makes each one's POST, a few at once. Several may run. When one is killed, another
 * or the next one does its tasks again.
 *
 * Also looks after what a process that died has left between two steps.
 */
import { type Job, UnrecoverableError, Worker } from "bullmq";
import { type PostOptions, post, TaskError } from "../post.ts";
import type { Task } from "../task.ts";
import { whileRedisIsThere } from "./connection.ts";
import { NO_TASK_METER, type Result, type TaskMeter } from "./meter.ts";
import { type JobData, QUEUE_NAME, type RedisQueue } from "./queue.ts";
import { PREFIX } from "./store.ts";
import type { StoredTask } from "./stored-task.ts";

export interface WorkerOptions extends PostOptions {
  readonly queue: RedisQueue;
  /** Called for a task that will not be tried again: its name, URL and version, without its cookie. */
  readonly onDead: (task: Pick<Task, "name" | "url" | "version">, error: Error) => Promise<void>;
  readonly log: (line: string) => void;
  /** Tasks that run at once. Default 4. */
  readonly concurrency?: number;
  readonly meter?: TaskMeter;
}

const DEFAULT_CONCURRENCY = 4;
/** A task whose worker has said nothing for so long is another's. */
const LOCK_MS = 6_000;
const STALLED_INTERVAL_MS = 2_000;
/** A task that takes its worker with it as often as that is dead. */
const MAX_DEATHS = 5;
const LOOK_AFTER_INTERVAL_MS = 2_000;
/** Between two looks for what has waited until it is quiet. */
const RIPEN_INTERVAL_MS = 250;
const ATTEMPTS = { never: 1, few: 3, many: 15 } as const;

export class TaskWorker {
  readonly #options: WorkerOptions;
  readonly #jobs: Worker<JobData>;
  readonly #timers: readonly NodeJS.Timeout[];
  #looking: Promise<void> = Promise.resolve();
  #ripening: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#jobs = new Worker<JobData>(QUEUE_NAME, (job) => this.#process(job), {
      connection: options.queue.redis,
      prefix: PREFIX,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_INTERVAL_MS,
      maxStalledCount: MAX_DEATHS,
      runRetryDelay: 1_000,
      settings: { backoffStrategy },
    });
    // Mostly that Redis is away, which the queue's connection tells.
    this.#jobs.on("error", () => {});
    const lookAfter = () => {
      this.#looking = this.#looking.then(() => this.#lookAfter()).catch(() => {});
    };
    const ripen = () => {
      this.#ripening ??= this.#ripen()
        .catch(() => {})
        .finally(() => {
          this.#ripening = undefined;
        });
    };
    this.#timers = [setInterval(lookAfter, LOOK_AFTER_INTERVAL_MS), setInterval(ripen, RIPEN_INTERVAL_MS)];
  }

  /** Finishes what is running, and takes nothing more. Safe to call twice. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const ends = [this.#jobs.close(), this.#looking, this.#ripening];
    await whileRedisIsThere(this.#options.queue.redis, Promise.all(ends));
  }

  async #process(job: Job<JobData>): Promise<void> {
    const { queue, log, meter = NO_TASK_METER } = this.#options;
    const { store } = queue;
    const { id, user, name, url } = job.data;
    const stored = await store.get(id);
    // Done by a worker that could not say so any more, or too old.
    if (stored) {
      const began = performance.now();
      const ended = (result: Result) => meter.ended(name, result, (performance.now() - began) / 1000);
      try {
        // Before it is opened: one that cannot be is buried, and an equal one that comes later must not count as that one.
        await store.begin(id, stored);
        const task = store.open(stored);
        const status = await post(task, this.#options);
        if (status === 202 && task.rest) await store.add(task.rest);
        await store.done(id, user);
        ended("done");
      } catch (error) {
        const attempt = job.attemptsMade + 1;
        const { retry = "few", message } = error instanceof TaskError ? error : new TaskError("few", String(error));
        log(`task ${name} ${url} failed, attempt ${attempt}: ${message}`);
        const isLast = attempt >= ATTEMPTS[retry];
        ended(isLast ? "failed" : "retried");
        if (!isLast) throw error;
        await this.#bury(id, stored, new Error(message));
        throw new UnrecoverableError(message);
      }
    }
    await queue.feed(user);
  }

  async #bury(id: string, task: StoredTask, error: Error): Promise<void> {
    const { queue, onDead, log } = this.#options;
    await onDead(task, error).catch((worse: unknown) => {
      log(`task ${task.name} ${task.url} could not be abandoned: ${String(worse)}`);
    });
    await queue.store.release(id, task.user);
    await queue.feed(task.user);
  }

  async #ripen(): Promise<void> {
    const { queue } = this.#options;
    for (const user of new Set(await queue.store.ripen())) await queue.feed(user);
  }

  /** Tasks that were taken and never given, or whose end was never told; and whoever has a free place. */
  async #lookAfter(): Promise<void> {
    const { queue } = this.#options;
    for (const user of await queue.store.users()) {
      for (const id of await queue.store.fed(user)) await this.#lookAt(id, user);
      await queue.feed(user);
    }
  }

  async #lookAt(id: string, user: string): Promise<void> {
    const { queue } = this.#options;
    const state = await queue.stateOf(id);
    if (state !== "unknown" && state !== "failed") return;
    const task = await queue.store.get(id);
    if (!task) return await queue.store.release(id, user);
    if (state === "unknown") return await queue.give(id);
    await this.#bury(id, task, new Error("expected a worker that survives it, found none"));
  }
}

/** Soon, then less often, and not all at once. */
function backoffStrategy(attemptsMade: number): number {
  return Math.min(250 * 2 ** attemptsMade, 4_000) * (0.75 + Math.random() / 2);
}
