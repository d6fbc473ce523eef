/**
 * The "done" bus: one stream of messages for each user, from any back end to that user's browsers, and one for each topic,
 * to the browsers of all who may listen to it.
 *
 * The stream is the truth and a wake-up carries nothing: a reader that is woken reads the entries after its own
 * position. Replay, ordering and several gateways need nothing more. This file is the interface; memory.ts implements
 * it in one process, redis.ts over Redis Streams.
 */
import type { Position, Publication } from "../protocol.ts";

/** Whose stream it is: a user's, by the user's id, or a topic's, for all who may listen to it. */
export type Audience = string | { readonly topic: string };

export interface Entry {
  readonly id: Position;
  /** The message with its topic and id as JSON, as browsers get it: made once for all sockets. */
  readonly text: string;
}

/**
 * The result of `read`. `recovered: false` is a gap: the stream cannot be read from that position, because it is older
 * than the kept entries, in the future, of another epoch, or not a position. `position` is the newest one at that
 * moment. `end` is where to read on from: a reading may end before the newest position, and need not end at an entry.
 */
export type Reading =
  | {
      readonly recovered: true;
      readonly position: Position;
      readonly entries: readonly Entry[];
      readonly end: Position;
    }
  | { readonly recovered: false; readonly position: Position };

export interface Bus {
  /**
   * Appends to the stream and wakes its readers. Resolves to the entry's id, greater than every id before it.
   *
   * @throws {RangeError} when the message is longer than the protocol allows, or the audience cannot be one.
   */
  publish(audience: Audience, message: Publication): Promise<Position>;
  /** The newest position of the stream: a page that is rendered now needs only newer messages. */
  position(audience: Audience): Promise<Position>;
  /**
   * The entries newer than `after`, oldest first. Readers of one stream share the result, which is there at once when it is at hand.
   *
   * @param isLive the reader has read up to `after` before, and is only looking for what is new: cheaper, and what somebody has
   * deleted by hand in the meantime is no gap.
   */
  read(audience: Audience, after: string, isLive?: boolean): Reading | Promise<Reading>;
  /** Calls `wake` after each `publish` to the audience, and when wake-ups may have been lost. Returns the undo. */
  listen(audience: Audience, wake: () => void): () => void;
  close(): Promise<void>;
}
