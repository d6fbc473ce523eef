/** What several of the stack's processes are made of: each part is opened here, and stopped in reverse order. */
import { join } from "node:path";
import { connectRedisBus, type RedisBus } from "../bus/redis.ts";
import { keptSecret } from "../plone/accounts/secret.ts";
import { TICKET_LIFETIME_SECONDS } from "../plone/accounts/ticket.ts";
import { deriveKey } from "../secret.ts";
import { RedisQueue } from "../tasks/redis/queue.ts";
import type { SharedConfig } from "./config.ts";
import { FileOutbox } from "./outbox.ts";

export type Log = (line: string) => void;

/** A process of the stack, running. */
export interface Running {
  /** What is written after `ready`. */
  readonly name: string;
  /** Finishes what it is doing. Safe to call twice. */
  close(): Promise<void>;
}

/** One stop for each part that has been started. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Each part depends on parts that were started before it. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }
}

/** @throws what `start` throws; then nothing is left running. */
export async function running(start: (stops: Stops) => Promise<string>): Promise<Running> {
  const stops = new Stops();
  try {
    return { name: await start(stops), close: () => stops.close() };
  } catch (error) {
    await stops.close();
    throw error;
  }
}

export interface Parts {
  readonly bus: RedisBus;
  readonly queue: RedisQueue;
  readonly outbox: FileOutbox;
  readonly secret: string;
}

/** @throws {Error} when Redis is not there, or refuses us. */
export async function openParts(
  config: SharedConfig & { readonly tasksPerUser: number },
  stops: Stops,
  log: Log,
): Promise<Parts> {
  const bus = await connectRedisBus({ url: config.redisUrl, log });
  stops.add(() => bus.close());
  const secret = config.secret ?? (await keptSecret(config.dataDir));
  const key = deriveKey(secret, "task");
  const ttlMs = TICKET_LIFETIME_SECONDS * 1000;
  const queue = new RedisQueue({ url: config.redisUrl, key, ttlMs, runningOfUser: config.tasksPerUser, log });
  stops.add(() => queue.close());
  const outbox = await FileOutbox.open({ folder: join(config.dataDir, "outbox"), key, ttlMs });
  return { bus, queue, outbox, secret };
}
