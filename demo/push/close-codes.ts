/**
 * Why the gateway closes a socket: the codes of PROTOCOL.md, in the range 4000 to 4999, which is reserved for
 * applications.
 */
export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** The browser sent too many invalid messages. It may come back. */
export const TOO_MUCH_GARBAGE: CloseCode = { code: 4400, reason: "too many messages that are not of the protocol" };

/** The user has logged out, the ticket has expired, or the cookie is another user's by now. */
export const SESSION_OVER: CloseCode = { code: 4401, reason: "session over" };

/** The gateway restarts, or cannot read the stream. The browser comes back after a delay of its own. */
export const COME_BACK: CloseCode = { code: 4503, reason: "come back" };
