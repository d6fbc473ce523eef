/**
 * What happens within Redis in one step. Every script touches one key only, and works on Redis 6.2 and later and on Valkey.
 *
 * Trimming by age keeps one entry that is too old: whoever has seen that one has missed nothing, so a reader at the first
 * entry or after it can always be recovered. A stream expires as a whole when it has been left alone for long.
 */
import type { Result } from "ioredis";

declare module "ioredis" {
  interface RedisCommander<Context> {
    streamPublish(
      key: string,
      json: string,
      maxEntries: number,
      maxAgeMs: number,
      ttlMs: number,
    ): Result<string, Context>;
    streamRead(key: string, after: string, count: number, maxAgeMs: number, ttlMs: number): Result<unknown, Context>;
    streamFloor(key: string, run: string, keepsAll: "1" | "0"): Result<string, Context>;
  }
}

// tostring() would write a number of milliseconds in scientific notation.
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
`;

const TRIM = `
local function trim(key, maxAge, ttl)
  local boundary = redis.call('XREVRANGE', key, whole(now - maxAge), '-', 'COUNT', 1)[1]
  if boundary then redis.call('XTRIM', key, 'MINID', boundary[1]) end
  local left = redis.call('PTTL', key)
  if left < ttl / 2 then redis.call('PEXPIRE', key, ttl) end
end
`;

/** Appends, wakes, trims. Returns the id. */
const PUBLISH = `${NOW}${TRIM}
local key, json, maxEntries, maxAge, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local id = redis.call('XADD', key, 'MAXLEN', '~', maxEntries, '*', 'message', json)
redis.call('PUBLISH', key, '')
trim(key, maxAge, ttl)
return id
`;

/**
 * The stream's state, and up to `count` entries after a position ('' for none of them). Returns the time in milliseconds,
 * and for a stream that exists its newest id, the id of the first entry, the newest id that was deleted, and whether an
 * entry was ever removed, which Redis before 7 cannot tell: 1; then the entries.
 */
const READ = `${NOW}${TRIM}
local key, after, count, maxAge, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('EXISTS', key) == 0 then return { whole(now) } end
local entries = {}
if after ~= '' then entries = redis.call('XRANGE', key, '(' .. after, '+', 'COUNT', count) end
local info, list = {}, redis.call('XINFO', 'STREAM', key)
for at = 1, #list, 2 do info[list[at]] = list[at + 1] end
local last, first = info['last-generated-id'], info['first-entry']
local removed = info['entries-added'] == info['length'] and '0' or '1'
local state = { last, first and first[1] or last, info['max-deleted-entry-id'] or '0-0', removed }
trim(key, maxAge, ttl)
return { whole(now), state, entries }
`;

/**
 * The time from which on the streams are complete, in milliseconds: the first time that anyone asks, and again after each
 * start of Redis which may have lost entries.
 */
const FLOOR = `${NOW}
local run, floor = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%d+)$')
if not (run == ARGV[1] or (run and ARGV[2] == '1')) then floor = whole(now) end
if run ~= ARGV[1] or not floor then redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. floor) end
return floor
`;

/** For ioredis's option `scripts`. */
export const SCRIPTS = {
  streamPublish: { lua: PUBLISH, numberOfKeys: 1 },
  streamRead: { lua: READ, numberOfKeys: 1 },
  streamFloor: { lua: FLOOR, numberOfKeys: 1 },
};
