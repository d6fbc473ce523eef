/** What the gateway counts, for whoever wants to know. Knows nothing of how it is shown. */

/** Why a request was refused at the door. */
export type RefusalReason =
  | "path"
  | "origin"
  | "size"
  | "upgrade"
  | "anonymous"
  | "unknown user"
  | "invalid user"
  | "foreign session"
  | "restarting";

export interface Meter {
  /** A message was sent to a browser. */
  sent(): void;
  /** A browser resumed a stream from its position. */
  replayed(): void;
  /** A browser was told of a gap in a stream. */
  gap(): void;
  refused(reason: RefusalReason): void;
  /** A user has as many sockets as one may have. */
  crowded(): void;
}

export const NO_METER: Meter = { sent() {}, replayed() {}, gap() {}, refused() {}, crowded() {} };
