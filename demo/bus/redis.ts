/**
 * The "done" bus over Redis Streams: `XADD inject-async:<user> MAXLEN ~ 1000 * message <json>`, then
 * `PUBLISH inject-async:<user> ""`; the same with `topic:<name>` in the user's place, once for all who listen to it. Any
 * program may publish with these two commands.
 *
 * Two connections for each process: one for commands, one that is woken. While Redis is away readers wait, and those who
 * publish are told. Knows nothing of sockets.
 */
import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import type { Position, Publication } from "../protocol.ts";
import type { Audience, Bus, Entry, Reading } from "./bus.ts";
import { createEntry, toJson } from "./entry.ts";
import { streamKey, topicOf } from "./keys.ts";
import { isUnsent, Link } from "./redis/link.ts";
import { LIVE_SCRIPTS, LiveReads } from "./redis/live-reads.ts";
import { beat, type GatewayFigures, leave, PRESENCE_SCRIPTS, present } from "./redis/presence.ts";
import { Publications } from "./redis/publications.ts";
import { SCRIPTS } from "./redis/scripts.ts";
import {
  bridges,
  isSearchable,
  isSince,
  newest,
  parseState,
  type StreamEntry,
  type StreamState,
} from "./redis/state.ts";
import { WakeUps } from "./redis/wake-ups.ts";

export interface RedisBusOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly log: (line: string) => void;
  /** Entries kept in each stream, about. Default 1000. */
  readonly maxEntries?: number;
  /** Age at which an entry is removed. Default one hour. */
  readonly maxAgeMs?: number;
  /** The longest time that `publish` and `position` wait for Redis. Default 3 s. */
  readonly timeoutMs?: number;
  /** The time between two signs of life of a connection. Default 5 s. */
  readonly pingMs?: number;
}

export interface RedisBus extends Bus {
  /** False while Redis cannot be used. */
  readonly isUp: boolean;
  /** A gateway is there: to be said every {@link BEAT_MS}. */
  beat(name: string, figures: GatewayFigures): Promise<void>;
  /** It is there no more. */
  leave(name: string): Promise<void>;
  /** The gateways that are there. */
  gateways(): Promise<readonly GatewayFigures[]>;
}

const DEFAULT_MAX_ENTRIES = 1000;
const DEFAULT_MAX_AGE_MS = 60 * 60 * 1000;
/** A stream that nobody publishes to, reads or renders pages for is removed after this time. */
const TTL_MS = 48 * 60 * 60 * 1000;
/** No reading is larger than so many messages. */
const ENTRIES_PER_READING = 100;
/** No user's key: those end in what was encoded. */
const FLOOR_KEY = "inject-async-floor";
/** Entries about which the log knows already. */
const MAX_COMPLAINTS = 1000;

/** @throws {Error} when Redis is not there, or refuses us. */
export async function connectRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const bus = new RedisStreamsBus(options);
  await bus.start();
  return bus;
}

class RedisStreamsBus implements RedisBus {
  readonly #log: (line: string) => void;
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  readonly #timeoutMs: number;
  readonly #commands: Link;
  readonly #subscription: Link;
  /** Readings under way that began after the last wake-up, by key and position. */
  readonly #readings = new Map<string, Map<string, Promise<Reading>>>();
  readonly #wakeUps = new WakeUps((key) => this.#readings.delete(key));
  readonly #liveReads = new LiveReads(() => this.#commands.ready(), ENTRIES_PER_READING, TTL_MS);
  readonly #publications = new Publications();
  readonly #complaints = new LRUCache<string, true>({ max: MAX_COMPLAINTS });
  /** The time from which on Redis has lost nothing, in milliseconds since 1970. */
  #floor = 0;

  constructor(options: RedisBusOptions) {
    const { url, log, maxEntries = DEFAULT_MAX_ENTRIES, maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
    const { timeoutMs = 3000, pingMs = 5000 } = options;
    this.#log = log;
    this.#maxEntries = maxEntries;
    this.#maxAgeMs = maxAgeMs;
    this.#timeoutMs = timeoutMs;
    const shared = { url, log, pingMs };
    this.#commands = new Link({
      ...shared,
      name: "inject-async-commands",
      scripts: { ...SCRIPTS, ...LIVE_SCRIPTS, ...PRESENCE_SCRIPTS },
      prepare: async (client) => {
        this.#floor = await findFloor(client);
      },
    });
    this.#subscription = new Link({
      ...shared,
      name: "inject-async-wake-ups",
      prepare: (client) => this.#wakeUps.use(client),
    });
  }

  async start(): Promise<void> {
    try {
      await Promise.all([this.#commands.start(), this.#subscription.start()]);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get isUp(): boolean {
    return this.#commands.isUp && this.#subscription.isUp;
  }

  async publish(audience: Audience, message: Publication): Promise<Position> {
    const key = streamKey(audience);
    const json = toJson(message);
    for (;;) {
      const client = await this.#soon(this.#commands.ready());
      try {
        return await client.streamPublish(key, json, this.#maxEntries, this.#maxAgeMs, TTL_MS);
      } catch (error) {
        // What was sent may have been appended, although the connection is lost.
        if (!isUnsent(error)) throw error;
      }
    }
  }

  async position(audience: Audience): Promise<Position> {
    return await this.#soon(this.#newest(streamKey(audience)));
  }

  read(audience: Audience, after: string, isLive = false): Promise<Reading> {
    const key = streamKey(audience);
    const ofStream = this.#readings.get(key) ?? new Map<string, Promise<Reading>>();
    this.#readings.set(key, ofStream);
    const known = ofStream.get(after);
    if (known !== undefined) return known;
    const topic = topicOf(audience);
    const reading = isLive ? this.#readLive(key, topic, after) : this.#read(key, topic, after);
    ofStream.set(after, reading);
    // Not `finally`, which makes three promises where one will do.
    reading.then(
      () => this.#forget(key, ofStream, after),
      () => this.#forget(key, ofStream, after),
    );
    return reading;
  }

  #forget(key: string, ofStream: Map<string, Promise<Reading>>, after: string): void {
    ofStream.delete(after);
    if (ofStream.size === 0 && this.#readings.get(key) === ofStream) this.#readings.delete(key);
  }

  listen(audience: Audience, wake: () => void): () => void {
    return this.#wakeUps.listen(streamKey(audience), wake);
  }

  async beat(name: string, figures: GatewayFigures): Promise<void> {
    await this.#soon(this.#commands.ready().then((client) => beat(client, name, figures)));
  }

  async leave(name: string): Promise<void> {
    await this.#soon(this.#commands.ready().then((client) => leave(client, name)));
  }

  async gateways(): Promise<readonly GatewayFigures[]> {
    return await this.#soon(this.#commands.ready().then(present));
  }

  async close(): Promise<void> {
    this.#wakeUps.clear();
    this.#commands.close();
    this.#subscription.close();
  }

  async #read(key: string, topic: string | undefined, after: string): Promise<Reading> {
    const state = await this.#ask(key, after);
    const position = newest(state, this.#floor);
    if (!bridges(after, state, this.#floor, TTL_MS)) return { recovered: false, position };
    const end = state.entries.length < ENTRIES_PER_READING ? position : (state.entries.at(-1)?.[0] ?? position);
    return { recovered: true, position, entries: this.#parse(key, topic, state.entries), end };
  }

  async #readLive(key: string, topic: string | undefined, after: string): Promise<Reading> {
    // Before the floor, Redis may have lost what came after an entry that is still there.
    const isSafe = isSince(after, this.#floor) && this.#commands.isUp;
    const entries = isSafe ? await this.#liveReads.read(key, after) : undefined;
    // Redis may have started again since, with less than it had.
    if (entries === undefined || !isSince(after, this.#floor)) return await this.#read(key, topic, after);
    const end = entries.at(-1)?.[0] ?? after;
    // A full reading is followed by another one.
    const position = entries.length < ENTRIES_PER_READING ? end : await this.#newest(key);
    return { recovered: true, position, entries: this.#parse(key, topic, entries), end };
  }

  async #newest(key: string): Promise<Position> {
    return newest(await this.#ask(key, ""), this.#floor);
  }

  /** Waits until Redis answers. */
  async #ask(key: string, after: string): Promise<StreamState> {
    const from = isSearchable(after) ? after : "";
    for (;;) {
      const client = await this.#commands.ready();
      try {
        return parseState(await client.streamRead(key, from, ENTRIES_PER_READING, this.#maxAgeMs, TTL_MS));
      } catch (error) {
        // An answer that is an error stays one. Without an answer the connection is lost.
        if (this.#commands.isUp && !isUnsent(error)) throw error;
      }
    }
  }

  async #soon<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`expected Redis within ${this.#timeoutMs} ms, found none`);
      timer = setTimeout(() => reject(error), this.#timeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #parse(key: string, topic: string | undefined, entries: readonly StreamEntry[]): Entry[] {
    const parsed: Entry[] = [];
    for (const [id, text] of entries) {
      try {
        if (text === "") throw new Error('expected a field "message", found none');
        parsed.push(createEntry(id, this.#publications.parse(text), topic));
      } catch (error) {
        this.#complain(`${key} ${id}`, String(error));
      }
    }
    return parsed;
  }

  #complain(entry: string, what: string): void {
    if (this.#complaints.has(entry)) return;
    this.#complaints.set(entry, true);
    this.#log(`bus: left out ${JSON.stringify(entry)}: ${what}`);
  }
}

async function findFloor(client: Redis): Promise<number> {
  const info = await client.info();
  const value = (name: string) => info.match(new RegExp(`^${name}:(\\S+)`, "m"))?.[1];
  // Without its append-only file Redis starts with what it had at some earlier time, or with nothing. A replica that was promoted has
  // what it had got by then: it names the offset at which it left its master.
  const keepsAll = value("aof_enabled") === "1" && value("second_repl_offset") === "-1" ? "1" : "0";
  return Number(await client.streamFloor(FLOOR_KEY, value("run_id") ?? "unknown", keepsAll));
}
