/**
 * What happens to waiting tasks within Redis in one step. All keys have one hash tag, so they are on one node of a cluster.
 *
 *     …:task:<id>     the task, until it is done or its user's ticket has expired
 *     …:held:<user>   ids by cost: what has to wait for this user's turn
 *     …:fed:<user>    id to cost: what BullMQ has of this user's
 *     …:quiet         ids by time: what has to wait until it is quiet
 *     …:equal         what a task does, to the id of the one that waits to do it
 */
import type { Result } from "ioredis";

declare module "ioredis" {
  interface RedisCommander<Context> {
    taskAdd(
      held: string,
      users: string,
      equal: string,
      number: string,
      quiet: string,
      taskPrefix: string,
      user: string,
      same: string,
      json: string,
      cost: number,
      ttlMs: number,
      suffix: string,
      quietMs: number,
      limitMs: number,
    ): Result<string, Context>;
    taskRipen(quiet: string, users: string, taskPrefix: string, heldPrefix: string): Result<unknown, Context>;
    taskFeed(
      held: string,
      fed: string,
      users: string,
      taskPrefix: string,
      user: string,
      limit: number,
      dear: number,
    ): Result<unknown, Context>;
  }
}

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Adds a task, or replaces the equal one that still waits: for quiet, or for its turn. Returns the id. */
const ADD = `${NOW}
local held, users, equal, number, quiet = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local prefix, user, same, json, cost, ttl, suffix, quietMs, limitMs = unpack(ARGV)
local id = redis.call('HGET', equal, same)
local isNew = not (id and redis.call('EXISTS', prefix .. id) == 1)
if isNew then
  id = string.format('t%012d-%s', redis.call('INCR', number), suffix)
  redis.call('HSET', equal, same, id)
end
redis.call('SET', prefix .. id, json, 'PX', ttl)
redis.call('SADD', users, user)
local limit = redis.call('GET', prefix .. id .. ':limit')
if tonumber(quietMs) > 0 and (isNew or limit) then
  limit = limit or now + limitMs
  redis.call('SET', prefix .. id .. ':limit', limit, 'PX', ttl)
  redis.call('ZADD', quiet, math.min(now + quietMs, limit), id)
elseif isNew or limit then
  redis.call('ZREM', quiet, id)
  redis.call('DEL', prefix .. id .. ':limit')
  redis.call('ZADD', held, cost, id)
end
return id
`;

/** Of the tasks for which it has been quiet, each waits for its user's turn from now on. Returns the users. */
const RIPEN = `${NOW}
local quiet, users, prefix, heldPrefix = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', quiet, '-inf', now)) do
  redis.call('ZREM', quiet, id)
  redis.call('DEL', prefix .. id .. ':limit')
  local json = redis.call('GET', prefix .. id)
  if json then
    local task = cjson.decode(json)
    redis.call('ZADD', heldPrefix .. task.user, task.cost, id)
    redis.call('SADD', users, task.user)
    found[#found + 1] = task.user
  end
end
return found
`;

/** Takes what is this user's turn: the cheapest first, and one place is left for what is cheap. Returns the ids. */
const FEED = `
local held, fed, users = KEYS[1], KEYS[2], KEYS[3]
local prefix, user, limit, dear = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ids = {}
while redis.call('HLEN', fed) < limit do
  local head = redis.call('ZRANGE', held, 0, 0, 'WITHSCORES')
  if #head == 0 then break end
  local id, cost, dears = head[1], tonumber(head[2]), 0
  for _, other in ipairs(redis.call('HVALS', fed)) do
    if tonumber(other) >= dear then dears = dears + 1 end
  end
  if cost >= dear and dears >= math.max(1, limit - 1) then break end
  redis.call('ZREM', held, id)
  if redis.call('EXISTS', prefix .. id) == 1 then
    redis.call('HSET', fed, id, head[2])
    ids[#ids + 1] = id
  end
end
if redis.call('EXISTS', held, fed) == 0 then redis.call('SREM', users, user) end
return ids
`;

/** For ioredis's option `scripts`. */
export const SCRIPTS = {
  taskAdd: { lua: ADD, numberOfKeys: 5 },
  taskRipen: { lua: RIPEN, numberOfKeys: 2 },
  taskFeed: { lua: FEED, numberOfKeys: 3 },
};
