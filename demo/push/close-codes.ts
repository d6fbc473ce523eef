/**
 * Why the gateway closes a socket: the codes of PROTOCOL.md, in the range 4000 to 4999, which is reserved for
 * applications.
 */
import * as protocol from "../protocol.ts";

export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** The browser sent too many invalid messages. It may come back. */
export const TOO_MUCH_GARBAGE: CloseCode = { code: 4400, reason: "too many messages that are not of the protocol" };

/** The user has as many sockets as one may have. It may come back when another one is closed. */
export const TOO_MANY_SOCKETS: CloseCode = { code: 4429, reason: "too many connections of this user" };

/** The user has logged out: known for sure. */
export const SESSION_OVER: CloseCode = { code: protocol.SESSION_OVER, reason: "session over" };

/**
 * The gateway restarts, cannot read the stream, or does not know any more whose the cookie is: Plone may have given the
 * browser a newer one. The browser comes back after a delay of its own, and the door sees the cookie of then.
 */
export const COME_BACK: CloseCode = { code: protocol.COME_BACK, reason: "come back" };
