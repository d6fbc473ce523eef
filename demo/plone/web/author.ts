/** Which of a user's pages a request comes from: its token goes into the messages that the request leads to. PROTOCOL.md, `author`. */
import type { Request } from "express";

/** A part of a message; empty when the request did not say, for example without JavaScript. */
export interface Author {
  readonly author?: string;
}

export function authorOf(request: Request): Author {
  const token = request.get("X-Inject-Async-Page");
  return token !== undefined && /^[\w.:-]{1,64}$/.test(token) ? { author: token } : {};
}
