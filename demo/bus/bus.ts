/**
 * The "done" bus: one stream of messages per user, from whoever has something to say to that user's browsers.
 *
 * The stream is the truth and a wake-up carries nothing: whoever is woken reads what is newer than what it has. Replay,
 * ordering and several gateways need nothing more. This file is the contract; memory.ts keeps it in one process.
 */
import type { InjectMessage, Position, PushMessage } from "../../src/ground/protocol.ts";

/** What a back end may publish. The id is not its business: the stream gives it. */
export type Publication = Omit<InjectMessage, "id"> | Omit<PushMessage, "id">;

export interface Entry {
  readonly id: Position;
  readonly message: Publication;
}

/**
 * What `read` found. Without `recovered` the stream cannot bridge the way from the asked position: it lies before what
 * is kept, in the future, in another epoch, or is no position at all. `position` is the newest at that moment.
 */
export type Reading =
  | { readonly recovered: true; readonly position: Position; readonly entries: readonly Entry[] }
  | { readonly recovered: false; readonly position: Position };

export interface Bus {
  /** Append to the user's stream and wake its readers. Resolves to the entry's id, greater than every id before it. */
  publish(user: string, message: Publication): Promise<Position>;
  /** The newest position of the user's stream: what a page rendered now has already seen. */
  position(user: string): Promise<Position>;
  /** Everything newer than `after`, oldest first. */
  read(user: string, after: string): Promise<Reading>;
  /** Call `wake` after each `publish` to the user. Returns the undo. */
  listen(user: string, wake: () => void): () => void;
  close(): Promise<void>;
}
