/**
 * Which gateways are there: each says so again and again, and whoever has not for long is gone. One hash, by the gateways' names;
 * Redis's clock counts. Knows nothing of streams.
 */
import type { Redis, Result } from "ioredis";

declare module "ioredis" {
  interface RedisCommander<Context> {
    gatewayBeat(key: string, name: string, figures: string, ttlMs: number): Result<unknown, Context>;
    gatewayList(key: string, ttlMs: number): Result<unknown, Context>;
  }
}

export interface GatewayFigures {
  readonly sockets: number;
}

/** The time between two signs of life, and the time after which a gateway without one is gone. */
export const BEAT_MS = 3_000;
const TTL_MS = 10_000;
/** No user's key: those have a colon. */
const KEY = "inject-async-gateways";

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** The gateway is there. Those that are gone are forgotten. */
const BEAT = `${NOW}
local key, name, figures, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
redis.call('HSET', key, name, string.format('%.0f %s', now, figures))
redis.call('PEXPIRE', key, ttl)
local all = redis.call('HGETALL', key)
for at = 1, #all, 2 do
  if now - tonumber(string.match(all[at + 1], '^%d+')) >= ttl then redis.call('HDEL', key, all[at]) end
end
`;

/** What the gateways that are there have said. */
const LIST = `${NOW}
local found = {}
for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
  local at, figures = string.match(value, '^(%d+) (.*)$')
  if now - tonumber(at) < tonumber(ARGV[1]) then found[#found + 1] = figures end
end
return found
`;

/** For ioredis's option `scripts`. */
export const PRESENCE_SCRIPTS = {
  gatewayBeat: { lua: BEAT, numberOfKeys: 1 },
  gatewayList: { lua: LIST, numberOfKeys: 1 },
};

/** @param name unique among all gateways. */
export async function beat(redis: Redis, name: string, figures: GatewayFigures): Promise<void> {
  await redis.gatewayBeat(KEY, name, JSON.stringify(figures), TTL_MS);
}

export async function leave(redis: Redis, name: string): Promise<void> {
  await redis.hdel(KEY, name);
}

export async function present(redis: Redis): Promise<readonly GatewayFigures[]> {
  const found = await redis.gatewayList(KEY, TTL_MS);
  if (!Array.isArray(found)) throw new Error(`gatewayList: expected a list, found ${typeof found}`);
  return found.map((text) => parseFigures(String(text)));
}

function parseFigures(text: string): GatewayFigures {
  const { sockets }: { sockets?: unknown } = Object(JSON.parse(text));
  if (typeof sockets !== "number") throw new Error(`gateway: expected its number of sockets, found ${text}`);
  return { sockets };
}
