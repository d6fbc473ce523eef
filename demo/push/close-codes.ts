/** Why the gateway closes a socket: the codes of PROTOCOL.md, in the range 4000 to 4999 that is left to applications. */
export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** Nothing but garbage came from the browser. It may come back. */
export const TOO_MUCH_GARBAGE: CloseCode = { code: 4400, reason: "too many messages that are not of the protocol" };

/** Logged out, expired, or someone else by now. Coming back is pointless before the next login. */
export const SESSION_OVER: CloseCode = { code: 4401, reason: "session over" };

/** The gateway restarts, or cannot reach the stream. Come back, with a delay of one's own. */
export const COME_BACK: CloseCode = { code: 4503, reason: "come back" };
