/**
 * The tasks that are not done, in Redis: whose turn it is, and what may not be read by whoever reads Redis, which is sealed.
 *
 * A user's tasks are held here until it is their turn; of each user only a few are fed into the queue at a time. So the
 * queue may be first in, first out, and users take turns. Knows nothing of BullMQ.
 */
import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { equality } from "../equal.ts";
import { TaskError } from "../post.ts";
import { seal, unseal } from "../seal.ts";
import { MAX_QUIET_TIMES, type Task } from "../task.ts";
import { parseStored, parseTask, type StoredTask } from "./stored-task.ts";

export const PREFIX = "{inject-async-tasks}";

export interface StoreOptions {
  readonly redis: Redis;
  /** 32 bytes, the same in all processes. */
  readonly key: Buffer;
  /** The time for which a task is kept: not longer than its user's ticket is valid. Default two hours. */
  readonly ttlMs?: number | undefined;
  /** Of each user's, the tasks that run at once. Default 2. */
  readonly runningOfUser?: number | undefined;
}

const DEFAULT_TTL_MS = 2 * 60 * 60 * 1000;
const DEFAULT_RUNNING_OF_USER = 2;
/** From this cost on a task is dear: of a user's several places, one is left for what is cheap. */
const DEAR = 100;

const TASK = `${PREFIX}:task:`;
const USERS = `${PREFIX}:users`;
const QUIET = `${PREFIX}:quiet`;
const EQUAL = `${PREFIX}:equal`;
const NUMBER = `${PREFIX}:number`;
const DONE = `${PREFIX}:done`;
const held = (user: string) => `${PREFIX}:held:${user}`;
const fed = (user: string) => `${PREFIX}:fed:${user}`;

export class TaskStore {
  readonly #redis: Redis;
  readonly #key: Buffer;
  readonly #ttlMs: number;
  readonly #runningOfUser: number;

  constructor({ redis, key, ttlMs = DEFAULT_TTL_MS, runningOfUser = DEFAULT_RUNNING_OF_USER }: StoreOptions) {
    this.#redis = redis;
    this.#key = key;
    this.#ttlMs = ttlMs;
    this.#runningOfUser = runningOfUser;
  }

  /**
   * An equal task that has not begun is replaced: what it does is done once, with the newest cookie. One with a quiet time is held
   * when it has been quiet.
   */
  async add(task: Task): Promise<void> {
    const { name, url, user, cost, version, quietMs = 0 } = task;
    const same = equality(task);
    const sealed = seal(JSON.stringify(task), this.#key, url);
    const stored: StoredTask = { name, url, user, cost, version, same, sealed };
    const json = JSON.stringify(stored);
    const suffix = randomBytes(4).toString("hex");
    const keys = [held(user), USERS, EQUAL, NUMBER, QUIET] as const;
    const limitMs = MAX_QUIET_TIMES * quietMs;
    await this.#redis.taskAdd(...keys, TASK, user, same, json, cost, this.#ttlMs, suffix, quietMs, limitMs);
  }

  /** Holds the tasks for which it has been quiet. @returns their users. */
  async ripen(): Promise<readonly string[]> {
    const users = await this.#redis.taskRipen(QUIET, USERS, TASK, held(""));
    if (!Array.isArray(users)) throw new Error(`expected users, found ${typeof users}`);
    return users.map(String);
  }

  /** The ids of the user's tasks whose turn it is: from now on they are the queue's. */
  async feed(user: string): Promise<readonly string[]> {
    const ids = await this.#redis.taskFeed(held(user), fed(user), USERS, TASK, user, this.#runningOfUser, DEAR);
    if (!Array.isArray(ids)) throw new Error(`expected ids, found ${typeof ids}`);
    return ids.map(String);
  }

  /** @returns undefined when it is done, or too old. */
  async get(id: string): Promise<StoredTask | undefined> {
    const json = await this.#redis.get(TASK + id);
    return json === null ? undefined : parseStored(json);
  }

  /** @throws {TaskError} when it was sealed with another secret. */
  open({ sealed, url }: StoredTask): Task {
    let text: string;
    try {
      text = unseal(sealed, this.#key, url);
    } catch (cause) {
      const found = "found one sealed with another: is SECRET the same in all processes?";
      throw new TaskError("never", `expected a task sealed with this process's secret, ${found}`, { cause });
    }
    return parseTask(text);
  }

  /** An equal task that is added from now on is another one. */
  async begin(id: string, { same }: StoredTask): Promise<void> {
    if ((await this.#redis.hget(EQUAL, same)) === id) await this.#redis.hdel(EQUAL, same);
  }

  async done(id: string, user: string): Promise<void> {
    await this.#redis
      .multi()
      .del(TASK + id)
      .hdel(fed(user), id)
      .incr(DONE)
      .exec();
  }

  /** Its place is another's; the task itself stays until it is too old. */
  async release(id: string, user: string): Promise<void> {
    await this.#redis.hdel(fed(user), id);
  }

  /** One that was released waits for its user's turn once more. */
  async hold(id: string, { user, cost }: StoredTask): Promise<void> {
    await this.#redis.multi().zadd(held(user), cost, id).sadd(USERS, user).exec();
  }

  /** The user's tasks that the queue has. */
  async fed(user: string): Promise<readonly string[]> {
    return await this.#redis.hkeys(fed(user));
  }

  /** Whoever has tasks. */
  async users(): Promise<readonly string[]> {
    return await this.#redis.smembers(USERS);
  }

  async counts(): Promise<{ readonly held: number; readonly done: number }> {
    const keys = [QUIET, ...(await this.users()).map(held)];
    const numbers = await Promise.all(keys.map((key) => this.#redis.zcard(key)));
    return { held: numbers.reduce((sum, number) => sum + number, 0), done: Number((await this.#redis.get(DONE)) ?? 0) };
  }

  /** The URLs of all tasks that are not done. */
  async urls(): Promise<ReadonlySet<string>> {
    const users = await this.users();
    const ids = await Promise.all(
      users.map(async (user) => [...(await this.#redis.zrange(held(user), "0", "-1")), ...(await this.fed(user))]),
    );
    ids.push(await this.#redis.zrange(QUIET, "0", "-1"));
    const tasks = await Promise.all(ids.flat().map((id) => this.get(id)));
    return new Set(tasks.flatMap((task) => task?.url ?? []));
  }
}
