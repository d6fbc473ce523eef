/**
 * The task queue over Redis: tasks that are accepted survive every process. BullMQ has those whose turn it is, with their
 * retries; the store has all, each sealed.
 */
import { type JobState, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Task, TaskCounts, TaskQueue } from "../task.ts";
import { connectTasks } from "./connection.ts";
import { PREFIX, TaskStore } from "./store.ts";

export interface QueueOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** 32 bytes, made of the site's secret. */
  readonly key: Buffer;
  readonly log: (line: string) => void;
  readonly ttlMs?: number;
  /** Of each user's, the tasks that run at once, in all workers. Default 2. */
  readonly runningOfUser?: number;
  /** The longest time that Redis is waited for. Default 30 s. */
  readonly timeoutMs?: number;
}

/** What BullMQ has of a task: where to find it, and what an operator may read. */
export interface JobData {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly user: string;
}

export const QUEUE_NAME = "tasks";
/** Of any kind. Fewer for most errors: the worker decides. */
export const MAX_ATTEMPTS = 20;
const MAX_DEAD = 1000;
const MAX_DEAD_AGE_SECONDS = 7 * 24 * 60 * 60;

export class RedisQueue implements TaskQueue {
  readonly redis: Redis;
  readonly store: TaskStore;
  readonly #jobs: Queue<JobData>;
  readonly #timeoutMs: number;
  #closed = false;

  constructor({ url, key, log, ttlMs, runningOfUser, timeoutMs = 30_000 }: QueueOptions) {
    this.redis = connectTasks(url, log);
    this.store = new TaskStore({ redis: this.redis, key, ttlMs, runningOfUser });
    this.#jobs = new Queue<JobData>(QUEUE_NAME, {
      connection: this.redis,
      prefix: PREFIX,
      defaultJobOptions: {
        attempts: MAX_ATTEMPTS,
        backoff: { type: "custom" },
        removeOnComplete: true,
        removeOnFail: { count: MAX_DEAD, age: MAX_DEAD_AGE_SECONDS },
      },
    });
    // The connection has told already.
    this.#jobs.on("error", () => {});
    this.#timeoutMs = timeoutMs;
  }

  async enqueue(task: Task): Promise<void> {
    if (this.#closed) throw new Error(`${task.name}: expected an open queue, found a closed one`);
    await this.#soon(this.#add(task));
  }

  /** Gives BullMQ what is the user's turn. */
  async feed(user: string): Promise<void> {
    for (const id of await this.store.feed(user)) await this.give(id);
  }

  /** Gives BullMQ a task, unless it has it. */
  async give(id: string): Promise<void> {
    const task = await this.store.get(id);
    if (!task) return;
    const { name, url, user } = task;
    await this.#jobs.add(name, { id, name, url, user }, { jobId: id });
  }

  async stateOf(id: string): Promise<JobState | "unknown"> {
    return await this.#jobs.getJobState(id);
  }

  async counts(): Promise<TaskCounts> {
    return await this.#soon(this.#count());
  }

  /** How many workers are there, as Redis sees it. */
  async workers(): Promise<number> {
    return await this.#soon(this.#jobs.getWorkersCount());
  }

  /** The dead letters, newest first. */
  async dead(): Promise<readonly (JobData & { readonly reason: string; readonly at: Date })[]> {
    const jobs = await this.#jobs.getFailed();
    return jobs.map(({ data, failedReason, finishedOn = 0 }) => ({
      ...data,
      reason: failedReason,
      at: new Date(finishedOn),
    }));
  }

  /**
   * @param prepare is called before it is given to a worker.
   * @returns false when its user's ticket is not there any more: then only the user can have it done again.
   */
  async requeue(id: string, prepare: () => Promise<void> = async () => {}): Promise<boolean> {
    const job = await this.#jobs.getJob(id);
    const task = await this.store.get(id);
    if (!job || !task) return false;
    await prepare();
    await job.remove();
    await this.store.hold(id, task);
    await this.feed(task.user);
    return true;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#jobs.close();
    this.redis.disconnect();
  }

  async #add(task: Task): Promise<void> {
    await this.store.add(task);
    await this.feed(task.user);
  }

  async #count(): Promise<TaskCounts> {
    const { held, done } = await this.store.counts();
    const {
      wait = 0,
      delayed = 0,
      active = 0,
      failed = 0,
    } = await this.#jobs.getJobCounts("wait", "delayed", "active", "failed");
    return { waiting: held + wait + delayed, running: active, done, failed };
  }

  async #soon<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`tasks: expected Redis within ${this.#timeoutMs} ms, found none`);
      timer = setTimeout(() => reject(error), this.#timeoutMs);
    });
    answer.catch(() => {});
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
