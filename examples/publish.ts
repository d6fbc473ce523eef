/** npx tsx examples/publish.ts jane '{"url": "/workspace/4f2a/@@preview-snippet"}' */
import { Redis } from "ioredis";

/** @returns the message's position in the user's stream. */
export async function publish(redis: Redis, user: string, message: object | string): Promise<string> {
  const key = `inject-async:${encode(user)}`;
  // The stream first: whoever is woken reads it.
  const results = await redis
    .multi()
    .xadd(key, "MAXLEN", "~", 1000, "*", "message", JSON.stringify(message))
    .publish(key, "")
    .exec();
  const [error, position] = results?.[0] ?? [new Error("expected an answer of Redis, found none")];
  if (error) throw error;
  return String(position);
}

/** Plain user ids stay as they are. */
function encode(user: string): string {
  const percent = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(user)
    .replace(/%40|%2B/g, decodeURIComponent)
    .replace(/[!'()*]/g, percent);
}

const [user, message] = process.argv.slice(2);
if (user === undefined || message === undefined) throw new Error("expected a user and a message");
const redis = new Redis(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
process.stdout.write(`${await publish(redis, user, JSON.parse(message))}\n`);
redis.disconnect();
