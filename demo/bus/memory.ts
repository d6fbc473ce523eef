/**
 * The "done" bus within one process: a bounded stream per user and topic, for the demo without Redis and for tests.
 *
 * Knows nothing of sockets. The streams end with their process: a position of an earlier process is below every
 * stream's floor, and so an explicit gap.
 */
import { isPosition, type Position, type Publication } from "../protocol.ts";
import type { Audience, Bus, Reading } from "./bus.ts";
import { createEntry, toJson } from "./entry.ts";
import { streamKey, topicOf } from "./keys.ts";

export interface MemoryBusOptions {
  /** Entries kept in each stream, at least 1. Default 1000. */
  readonly maxEntries?: number;
  /** Age at which an entry is removed. Default one hour. */
  readonly maxAgeMs?: number;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

const DEFAULT_MAX_ENTRIES = 1000;
const DEFAULT_MAX_AGE_MS = 60 * 60 * 1000;

/** @throws {RangeError} when `maxEntries` is not a whole number of at least 1. */
export function createMemoryBus(options: MemoryBusOptions = {}): Bus {
  return new MemoryBus(options);
}

class MemoryBus implements Bus {
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  /** The time this bus was created: the floor of every stream that has lost no entry yet. */
  readonly #epoch: number;
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Map<string, Set<{ readonly wake: () => void }>>();
  /** The last reading, for the others who were woken with its reader. */
  #shared: { readonly stream: Stream; readonly after: string; readonly reading: Reading } | undefined;
  #sweptAt: number;
  #closed = false;

  constructor(options: MemoryBusOptions) {
    const { maxEntries = DEFAULT_MAX_ENTRIES, maxAgeMs = DEFAULT_MAX_AGE_MS, now = Date.now } = options;
    if (!Number.isInteger(maxEntries) || maxEntries < 1) {
      throw new RangeError(`maxEntries: expected a whole number of at least 1, found ${maxEntries}`);
    }
    this.#maxEntries = maxEntries;
    this.#maxAgeMs = maxAgeMs;
    this.#now = () => Math.floor(now());
    this.#epoch = this.#now();
    this.#sweptAt = this.#epoch;
  }

  async publish(audience: Audience, message: Publication): Promise<Position> {
    if (this.#closed) throw new Error("publish: expected an open bus, found a closed one");
    const json = toJson(message);
    const key = streamKey(audience);
    const now = this.#now();
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new Stream(this.#epoch, topicOf(audience));
      this.#streams.set(key, stream);
    }
    const id = stream.append(now, json);
    this.#shared = undefined;
    stream.trim(this.#maxEntries, now - this.#maxAgeMs);
    this.#sweep(now);
    const listeners = this.#listeners.get(key);
    if (listeners !== undefined) for (const { wake } of listeners) wake();
    return id;
  }

  async position(audience: Audience): Promise<Position> {
    return this.#streams.get(streamKey(audience))?.newest ?? `${this.#epoch}-0`;
  }

  read(audience: Audience, after: string): Reading {
    // A stream without entries is not stored: reading must not cost memory.
    const stream = this.#streams.get(streamKey(audience)) ?? new Stream(this.#epoch);
    const isTrimmed = stream.trim(this.#maxEntries, this.#now() - this.#maxAgeMs);
    const shared = this.#shared;
    if (!isTrimmed && shared?.stream === stream && shared.after === after) return shared.reading;
    const reading = stream.after(after);
    this.#shared = { stream, after, reading };
    return reading;
  }

  listen(audience: Audience, wake: () => void): () => void {
    const key = streamKey(audience);
    const registration = { wake };
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(registration));
    return () => {
      listeners.delete(registration);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#streams.clear();
  }

  /** Trims the streams that nobody writes to or reads. Called by `publish`, so that there is no timer to stop. */
  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < this.#maxAgeMs) return;
    this.#sweptAt = now;
    for (const stream of this.#streams.values()) stream.trim(this.#maxEntries, now - this.#maxAgeMs);
  }
}

/** A position in numbers, which are exact for those that this bus gives. */
interface Place {
  readonly ms: number;
  readonly n: number;
}

/** Little, for there are many: the entry is made when it is read, which most are once and soon. */
interface Kept extends Place {
  /** The message. */
  readonly json: string;
}

/** One stream. Ids are `<ms>-<n>`, as Redis Streams make them. */
class Stream {
  readonly #kept: Kept[] = [];
  /** The newest place that has been removed: a reader at or after it has missed nothing. */
  #floor: Place;
  #newest: Place;
  readonly #topic: string | undefined;

  constructor(epoch: number, topic?: string) {
    this.#topic = topic;
    this.#newest = { ms: epoch, n: 0 };
    this.#floor = this.#newest;
  }

  get newest(): Position {
    return toPosition(this.#newest);
  }

  append(now: number, json: string): Position {
    const { ms, n } = this.#newest;
    // The clock may stand still or go back; ids only grow.
    const kept = now > ms ? { ms: now, n: 0, json } : { ms, n: n + 1, json };
    this.#kept.push(kept);
    this.#newest = kept;
    return toPosition(kept);
  }

  /**
   * Removes the entries over `maxEntries` and those older than `oldest`, in milliseconds since 1970.
   *
   * @returns whether there were any.
   */
  trim(maxEntries: number, oldest: number): boolean {
    const excess = this.#kept.length - maxEntries;
    let removed = 0;
    for (; removed < this.#kept.length; removed += 1) {
      const kept = this.#kept[removed];
      if (kept === undefined || (removed >= excess && kept.ms >= oldest)) break;
      this.#floor = { ms: kept.ms, n: kept.n };
    }
    if (removed > 0) this.#kept.splice(0, removed);
    return removed > 0;
  }

  after(position: string): Reading {
    const { newest } = this;
    const place = parsePlace(position);
    if (place === undefined || isNewer(this.#floor, place) || isNewer(place, this.#newest)) {
      return { recovered: false, position: newest };
    }
    // Most readers are near the end.
    let first = this.#kept.length;
    for (; first > 0; first -= 1) {
      const kept = this.#kept[first - 1];
      if (kept === undefined || !isNewer(kept, place)) break;
    }
    const entries = this.#kept.slice(first).map((kept) => createEntry(toPosition(kept), kept.json, this.#topic));
    return { recovered: true, position: newest, entries, end: newest };
  }
}

function toPosition({ ms, n }: Place): Position {
  return `${ms}-${n}`;
}

function parsePlace(position: string): Place | undefined {
  if (!isPosition(position)) return undefined;
  const dash = position.indexOf("-");
  return { ms: Number(position.slice(0, dash)), n: Number(position.slice(dash + 1)) };
}

function isNewer(a: Place, b: Place): boolean {
  return a.ms > b.ms || (a.ms === b.ms && a.n > b.n);
}
