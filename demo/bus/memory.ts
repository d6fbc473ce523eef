/**
 * The "done" bus within one process: a bounded stream per user, for the demo without Redis and for tests.
 *
 * Knows nothing of sockets. The streams end with their process: a position of an earlier process is below every
 * stream's floor, and so an explicit gap.
 */
import { comparePositions, isPosition, type Position } from "../protocol.ts";
import type { Bus, Entry, Publication, Reading } from "./bus.ts";

export interface MemoryBusOptions {
  /** Entries kept for each user, at least 1. Default 1000. */
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

  async publish(user: string, message: Publication): Promise<Position> {
    if (this.#closed) throw new Error("publish: expected an open bus, found a closed one");
    const now = this.#now();
    let stream = this.#streams.get(user);
    if (stream === undefined) {
      stream = new Stream(this.#epoch);
      this.#streams.set(user, stream);
    }
    const id = stream.append(now, message);
    stream.trim(this.#maxEntries, now - this.#maxAgeMs);
    this.#sweep(now);
    for (const { wake } of [...(this.#listeners.get(user) ?? [])]) wake();
    return id;
  }

  async position(user: string): Promise<Position> {
    return this.#streams.get(user)?.newest ?? `${this.#epoch}-0`;
  }

  async read(user: string, after: string): Promise<Reading> {
    // A stream without entries is not stored: reading must not cost memory.
    const stream = this.#streams.get(user) ?? new Stream(this.#epoch);
    stream.trim(this.#maxEntries, this.#now() - this.#maxAgeMs);
    return stream.after(after);
  }

  listen(user: string, wake: () => void): () => void {
    const registration = { wake };
    const ofUser = this.#listeners.get(user) ?? new Set();
    this.#listeners.set(user, ofUser.add(registration));
    return () => {
      ofUser.delete(registration);
      if (ofUser.size === 0 && this.#listeners.get(user) === ofUser) this.#listeners.delete(user);
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

/** One user's stream. Ids are `<ms>-<n>`, as Redis Streams make them. */
class Stream {
  readonly #entries: Entry[] = [];
  /** The newest position that has been removed: a reader at or after it has missed nothing. */
  #floor: Position;
  #ms: number;
  #n = 0;

  constructor(epoch: number) {
    this.#ms = epoch;
    this.#floor = `${epoch}-0`;
  }

  get newest(): Position {
    return `${this.#ms}-${this.#n}`;
  }

  append(now: number, message: Publication): Position {
    // The clock may stand still or go back; ids only grow.
    if (now > this.#ms) {
      this.#ms = now;
      this.#n = 0;
    } else {
      this.#n += 1;
    }
    this.#entries.push({ id: this.newest, message });
    return this.newest;
  }

  /** Removes the entries over `maxEntries` and those older than `oldest`, in milliseconds since 1970. */
  trim(maxEntries: number, oldest: number): void {
    const excess = this.#entries.length - maxEntries;
    const kept = this.#entries.findIndex(({ id }, index) => index >= excess && Number.parseInt(id, 10) >= oldest);
    const removed = this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
    this.#floor = removed.at(-1)?.id ?? this.#floor;
  }

  after(position: string): Reading {
    const known =
      isPosition(position) &&
      comparePositions(position, this.#floor) >= 0 &&
      comparePositions(position, this.newest) <= 0;
    if (!known) return { recovered: false, position: this.newest };
    const index = this.#entries.findIndex(({ id }) => comparePositions(id, position) > 0);
    const entries = index < 0 ? [] : this.#entries.slice(index);
    return { recovered: true, position: this.newest, entries };
  }
}
