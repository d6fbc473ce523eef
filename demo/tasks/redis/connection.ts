/** A connection to Redis for tasks: commands wait while Redis is away, and are sent when it is back. */
import { once } from "node:events";
import { Redis } from "ioredis";
import { SCRIPTS } from "./scripts.ts";

export function connectTasks(url: string, log: (line: string) => void): Redis {
  const redis = new Redis(url, {
    connectionName: "inject-async-tasks",
    // BullMQ asks for it.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 1000),
    scripts: SCRIPTS,
  });
  let isLost = false;
  redis.on("error", ({ message }: Error) => {
    if (!isLost) log(`tasks: lost Redis, will try again: ${message}`);
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) log("tasks: Redis is back");
    isLost = false;
  });
  return redis;
}

/** Resolves when the work is done, or when it cannot be told any more because Redis is away: then it is done again. */
export async function whileRedisIsThere(redis: Redis, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, redis.status === "ready" ? once(redis, "close") : undefined]);
}
