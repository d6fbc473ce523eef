/** The state of a stream as Redis tells it, and what it says of a position. Pure. */
import { comparePositions, isPosition, type Position } from "../../protocol.ts";

/** What the script `streamRead` returns. */
export interface StreamState {
  /** Redis's clock, in milliseconds since 1970. */
  readonly now: number;
  /** Absent when there is no such stream. */
  readonly stream?: {
    readonly last: Position;
    /** The oldest entry that is kept, or `last` when none is. */
    readonly first: Position;
    readonly maxDeleted: Position;
    /** Whether an entry has ever been removed. */
    readonly removed: boolean;
  };
  readonly entries: readonly StreamEntry[];
}

const NOTHING: Position = "0-0";
const MAX_SEQUENCE = "18446744073709551615";
const MAX_POSITION: Position = `${MAX_SEQUENCE}-${MAX_SEQUENCE}`;

/** The position before everything that happens at `ms`. No entry has it: no stream gets that far in a millisecond. */
export function before(ms: number): Position {
  return `${ms - 1}-${MAX_SEQUENCE}`;
}

/** Whether Redis can search for it. */
export function isSearchable(text: string): boolean {
  const [, sequence = ""] = text.split("-");
  return isPosition(text) && comparePositions(text, MAX_POSITION) < 0 && BigInt(sequence) <= BigInt(MAX_SEQUENCE);
}

/** Whether an entry with this id was added at `ms` or later. Cheap, for live readings, whose positions Redis has given. */
export function isSince(id: string, ms: number): boolean {
  return Number.parseInt(id, 10) >= ms && isPosition(id);
}

/** The newest position of the stream. One that has nothing since `floor` is at the floor. */
export function newest({ now, stream }: StreamState, floor: number): Position {
  if (stream === undefined) return before(now);
  return comparePositions(stream.last, before(floor)) < 0 ? before(floor) : stream.last;
}

/**
 * Whether a reader at `after` gets everything that came after it.
 *
 * @param floor the time from which on Redis has lost nothing, in milliseconds since 1970.
 * @param ttlMs the time after which a stream that is left alone is removed.
 */
export function bridges(after: string, state: StreamState, floor: number, ttlMs: number): boolean {
  const { now, stream } = state;
  if (!isSearchable(after)) return false;
  if (comparePositions(after, before(floor)) < 0 || comparePositions(after, newest(state, floor)) > 0) return false;
  if (stream !== undefined) {
    if (comparePositions(stream.maxDeleted, after) > 0) return false;
    if (comparePositions(after, stream.first) >= 0) return true;
  }
  // There was no stream at that time. This is the first one since, if none can have come and gone.
  const [ms = "0", sequence] = after.split("-");
  return sequence === MAX_SEQUENCE && stream?.removed !== true && now - Number(ms) < ttlMs;
}

/** @throws {Error} when it is not what the script returns. */
export function parseState(reply: unknown): StreamState {
  if (!Array.isArray(reply)) throw new Error(`streamRead: expected a list, found ${JSON.stringify(reply)}`);
  const [time, info, entries = []]: unknown[] = reply;
  const now = Number(time);
  if (!Array.isArray(info)) return { now, entries: [] };
  const [last = NOTHING, first = NOTHING, maxDeleted = NOTHING, removed] = info.map(String);
  // A consumer group can make a stream that nothing has been added to.
  if (last === NOTHING) return { now, entries: [] };
  const stream = { last, first, maxDeleted, removed: removed === "1" };
  return { now, stream, entries: Array.isArray(entries) ? entries.map(parseEntry) : [] };
}

/** An entry: its id, and what stands in its field `message`, empty when it has none. */
export type StreamEntry = readonly [Position, string];

function parseEntry(entry: unknown): StreamEntry {
  const [id, fields]: unknown[] = Array.isArray(entry) ? entry : [];
  const all: readonly unknown[] = Array.isArray(fields) ? fields : [];
  const at = all.findIndex((name, index) => index % 2 === 0 && name === "message");
  return [String(id), at < 0 ? "" : String(all[at + 1])];
}
