/**
 * Readings of many streams with one command: what is woken at one time is read at one time, and what comes while two commands
 * are under way goes with the next.
 *
 * Only for readers that are up to date: the entry that they have seen last is still there, so nothing newer can have been
 * removed. Everything else is for the script `streamRead` to judge.
 */
import type { Redis, Result } from "ioredis";
import type { StreamEntry } from "./state.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    streamsRead(count: number, ...keysAndArguments: readonly (string | number)[]): Result<unknown, Context>;
  }
}

/**
 * For each stream: how many entries there are after the position, at most `count`, or -1 when the entry at the position is not
 * there; then id and message of each, or an empty one where there is no message. One flat list, which costs the client least.
 * Streams that are read are not left alone: they do not expire. The client does not speak to a cluster, where one command has one
 * node's keys.
 */
const READ_MANY = `
local count, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
local found, last = {}, 0
for at, key in ipairs(KEYS) do
  local after = ARGV[at + 2]
  local entries = redis.call('XRANGE', key, after, '+', 'COUNT', count + 1)
  local isThere = entries[1] and entries[1][1] == after
  last = last + 1
  found[last] = isThere and #entries - 1 or -1
  for n = 2, isThere and #entries or 1 do
    local fields, message = entries[n][2], ''
    for field = 1, #fields, 2 do
      if fields[field] == 'message' then message = fields[field + 1] break end
    end
    found[last + 1], found[last + 2] = entries[n][1], message
    last = last + 2
  end
  if redis.call('PTTL', key) < ttl / 2 then redis.call('PEXPIRE', key, ttl) end
end
return found
`;

/** For ioredis's option `scripts`. */
export const LIVE_SCRIPTS = { streamsRead: { lua: READ_MANY } };

/** Redis answers a command of this many streams without keeping others waiting. */
const MAX_STREAMS = 200;
const MAX_COMMANDS = 2;

interface Waiting {
  readonly key: string;
  readonly after: string;
  readonly resolve: (entries: readonly StreamEntry[] | undefined) => void;
}

export class LiveReads {
  readonly #client: () => Promise<Redis>;
  readonly #count: number;
  readonly #ttlMs: number;
  #waiting: Waiting[] = [];
  #commands = 0;
  #isDue = false;

  /** @param count of entries, at most, of each stream. */
  constructor(client: () => Promise<Redis>, count: number, ttlMs: number) {
    this.#client = client;
    this.#count = count;
    this.#ttlMs = ttlMs;
  }

  /** The entries after the one at `after`; undefined when that one is not there, or Redis does not answer. */
  read(key: string, after: string): Promise<readonly StreamEntry[] | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ key, after, resolve });
      this.#next();
    });
  }

  #next(): void {
    if (this.#isDue || this.#waiting.length === 0 || this.#commands >= MAX_COMMANDS) return;
    this.#isDue = true;
    // When all that has been woken in this turn of the event loop has asked.
    setImmediate(() => {
      this.#isDue = false;
      this.#commands += 1;
      void this.#ask(this.#waiting.splice(0, MAX_STREAMS)).finally(() => {
        this.#commands -= 1;
        this.#next();
      });
      this.#next();
    });
  }

  /** Never rejects. */
  async #ask(waiting: readonly Waiting[]): Promise<void> {
    let found: unknown[] = [];
    try {
      const client = await this.#client();
      const keys = waiting.map(({ key }) => key);
      const positions = waiting.map(({ after }) => after);
      const answer = await client.streamsRead(keys.length, ...keys, this.#count, this.#ttlMs, ...positions);
      if (Array.isArray(answer)) found = answer;
    } catch {
      // Whoever asks reads it in the other way, which waits until Redis is back.
    }
    let at = 0;
    for (const { resolve } of waiting) {
      const count = Number(found[at] ?? -1);
      at += 1;
      if (count < 0) {
        resolve(undefined);
        continue;
      }
      const entries: StreamEntry[] = [];
      for (const end = at + 2 * count; at < end; at += 2) entries.push([String(found[at]), String(found[at + 1])]);
      resolve(entries);
    }
  }
}
