/**
 * The "done" bus within one process: a bounded stream per user, for the demo without Redis and for tests.
 *
 * It promises what bus.ts promises and knows nothing of sockets. It ends with its process; a position from an earlier
 * process lies below every stream's floor and so is an explicit gap.
 */
import { comparePositions, isPosition, type Position } from "../../src/ground/protocol.ts";
import type { Bus, Entry, Publication, Reading } from "./bus.ts";

export interface MemoryBusOptions {
  /** Entries kept per user, at least 1. Default 1000. */
  readonly maxEntries?: number;
  /** Age in milliseconds after which an entry is forgotten. Default one hour. */
  readonly maxAge?: number;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** @throws {RangeError} when `maxEntries` is not a whole number of at least 1. */
export function createMemoryBus(options: MemoryBusOptions = {}): Bus {
  return new MemoryBus(options);
}

class MemoryBus implements Bus {
  readonly #maxEntries: number;
  readonly #maxAge: number;
  readonly #now: () => number;
  /** The time this bus began: the floor of every stream that has forgotten nothing yet. */
  readonly #epoch: number;
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Map<string, Set<{ readonly wake: () => void }>>();
  #swept: number;
  #closed = false;

  constructor({ maxEntries = 1000, maxAge = 60 * 60 * 1000, now = Date.now }: MemoryBusOptions) {
    if (!Number.isInteger(maxEntries) || maxEntries < 1) {
      throw new RangeError(`maxEntries: expected a whole number of at least 1, found ${maxEntries}`);
    }
    this.#maxEntries = maxEntries;
    this.#maxAge = maxAge;
    this.#now = () => Math.floor(now());
    this.#epoch = this.#now();
    this.#swept = this.#epoch;
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
    stream.trim(this.#maxEntries, now - this.#maxAge);
    this.#sweep(now);
    for (const { wake } of [...(this.#listeners.get(user) ?? [])]) wake();
    return id;
  }

  async position(user: string): Promise<Position> {
    return this.#streams.get(user)?.newest ?? `${this.#epoch}-0`;
  }

  async read(user: string, after: string): Promise<Reading> {
    // A stream that was never written to is read as an empty one, without keeping it: reading must not cost memory.
    const stream = this.#streams.get(user) ?? new Stream(this.#epoch);
    stream.trim(this.#maxEntries, this.#now() - this.#maxAge);
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

  /** Streams nobody writes to or reads from grow old too. Swept in passing, so that there is no timer to stop. */
  #sweep(now: number): void {
    if (Math.abs(now - this.#swept) < this.#maxAge) return;
    this.#swept = now;
    for (const stream of this.#streams.values()) stream.trim(this.#maxEntries, now - this.#maxAge);
  }
}

/** What a user's stream still knows. Ids are `<ms>-<n>`, as Redis Streams make them. */
class Stream {
  readonly #entries: Entry[] = [];
  /** The newest position that has been forgotten: whoever has seen it has missed nothing yet. */
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
    // The clock may stand still or go back; ids may not.
    if (now > this.#ms) {
      this.#ms = now;
      this.#n = 0;
    } else {
      this.#n += 1;
    }
    this.#entries.push({ id: this.newest, message });
    return this.newest;
  }

  /** Forget what exceeds `maxEntries` and what is older than `oldest`, in milliseconds since 1970. */
  trim(maxEntries: number, oldest: number): void {
    const excess = this.#entries.length - maxEntries;
    const kept = this.#entries.findIndex(({ id }, index) => index >= excess && Number.parseInt(id, 10) >= oldest);
    const forgotten = this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
    this.#floor = forgotten.at(-1)?.id ?? this.#floor;
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
