/**
 * The "done" bus: one stream of messages for each user, from any back end to that user's browsers.
 *
 * The stream is the truth and a wake-up carries nothing: a reader that is woken reads the entries after its own
 * position. Replay, ordering and several gateways need nothing more. This file is the interface; memory.ts implements
 * it in one process.
 */
import type { InjectMessage, Position, PushMessage } from "../protocol.ts";

/** A message as a back end publishes it: without an id, which the stream assigns. */
export type Publication = Omit<InjectMessage, "id"> | Omit<PushMessage, "id">;

export interface Entry {
  readonly id: Position;
  readonly message: Publication;
}

/**
 * The result of `read`. `recovered: false` is a gap: the stream cannot be read from that position, because it is older
 * than the kept entries, in the future, of another epoch, or not a position. `position` is the newest one at that
 * moment.
 */
export type Reading =
  | { readonly recovered: true; readonly position: Position; readonly entries: readonly Entry[] }
  | { readonly recovered: false; readonly position: Position };

export interface Bus {
  /** Appends to the user's stream and wakes its readers. Resolves to the entry's id, greater than every id before it. */
  publish(user: string, message: Publication): Promise<Position>;
  /** The newest position of the user's stream: a page that is rendered now needs only newer messages. */
  position(user: string): Promise<Position>;
  /** The entries newer than `after`, oldest first. */
  read(user: string, after: string): Promise<Reading>;
  /** Calls `wake` after each `publish` to the user. Returns the undo. */
  listen(user: string, wake: () => void): () => void;
  close(): Promise<void>;
}
