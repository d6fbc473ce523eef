/**
 * Who a request comes from: the cookie `__ac` between browser and ticket. Cookies are never logged.
 */
import type { Request, RequestHandler, Response } from "express";
import type { Authenticators } from "./authenticator.ts";
import { fieldsOf } from "./form.ts";
import { Problem } from "./problem.ts";
import { type RevokedTickets, TICKET_LIFETIME, type Ticket, type Tickets } from "./ticket.ts";
import { findUser, type User } from "./users.ts";

/** A view that only a signed-in user gets to see. */
export type View = (user: User, request: Request, response: Response) => Promise<void> | void;

const COOKIE = "__ac";
const COOKIE_OPTIONS = { httpOnly: true, sameSite: "lax", path: "/" } as const;

export class Session {
  readonly #tickets: Tickets;
  readonly #authenticators: Authenticators;
  readonly #revoked: RevokedTickets | undefined;

  /**
   * @param revoked tickets not to accept any more. The worker instance is created without: a task that was accepted while
   *   its user was signed in is done, even when the user has signed out since.
   */
  constructor(tickets: Tickets, authenticators: Authenticators, revoked?: RevokedTickets) {
    this.#tickets = tickets;
    this.#authenticators = authenticators;
    this.#revoked = revoked;
  }

  user(request: Request): User | undefined {
    const ticket = this.#ticket(request);
    return ticket && findUser(ticket.userId);
  }

  logIn(user: User, response: Response): void {
    response.cookie(COOKIE, this.#tickets.issue(user.id), { ...COOKIE_OPTIONS, maxAge: TICKET_LIFETIME * 1000 });
  }

  logOut(request: Request, response: Response): void {
    const ticket = this.#ticket(request);
    if (ticket) this.#revoked?.add(ticket);
    response.clearCookie(COOKIE, COOKIE_OPTIONS);
  }

  /** Hand the view its user. Anyone else is sent to the login page, as Plone does, snippets included. */
  signedIn(view: View): RequestHandler {
    return (request, response) => {
      const user = this.user(request);
      if (user) return view(user, request, response);
      // A form's data would not survive the detour, so whoever posts is told instead.
      if (request.method !== "GET" && request.method !== "HEAD") {
        throw new Problem(401, "You are not signed in, so nothing was saved. Please sign in and try again.");
      }
      response.redirect(`/login?came_from=${encodeURIComponent(request.originalUrl)}`);
    };
  }

  /**
   * A form of this site carries an authenticator. One without is taken only where no foreign page can be behind it: browsers
   * name the page's origin with every POST, scripts name none.
   *
   * @throws {Problem} 403 for every other form.
   */
  requireOwnForm(user: User, request: Request): void {
    const { origin } = request.headers;
    const isOwn = origin === undefined || origin === `${request.protocol}://${request.headers.host}`;
    if (isOwn && fieldsOf(request)["_authenticator"] === undefined) return;
    this.requireAuthenticator(user, request);
  }

  /** @throws {Problem} 403 when the form was not made by this site for this user. */
  requireAuthenticator(user: User, request: Request): void {
    if (!this.#authenticators.verify(user.id, fieldsOf(request)["_authenticator"])) {
      throw new Problem(403, "This form is out of date, so nothing was done. Please reload the page and try again.");
    }
  }

  authenticator(user: User): string {
    return this.#authenticators.token(user.id);
  }

  #ticket(request: Request): Ticket | undefined {
    const text = cookie(request.headers.cookie ?? "", COOKIE);
    const ticket = text === undefined ? undefined : this.#tickets.verify(text);
    return ticket && !this.#revoked?.has(ticket) ? ticket : undefined;
  }
}

/** The cookie's value. Zope writes it in quotes, Express percent-encodes it; neither is needed for base64. */
function cookie(header: string, name: string): string | undefined {
  for (const pair of header.split(";")) {
    const [key = "", ...rest] = pair.split("=");
    if (key.trim() !== name) continue;
    const value = rest
      .join("=")
      .trim()
      .replace(/^"(.*)"$/, "$1");
    try {
      return decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return undefined;
}
