/**
 * Whose request this is: the cookie `__ac`, between the browser and the ticket. Cookies are never logged.
 */
import { parseCookie } from "cookie";
import type { CookieOptions, Request, RequestHandler, Response } from "express";
import type { Authenticators } from "../accounts/authenticator.ts";
import type { RevokedTickets } from "../accounts/revoked-tickets.ts";
import { TICKET_LIFETIME_SECONDS, type Ticket, type Tickets } from "../accounts/ticket.ts";
import { findUser, type User } from "../accounts/users.ts";
import { fieldsOf } from "./form.ts";
import { Problem } from "./problem.ts";

/** A view for signed-in users only. */
export type View = (user: User, request: Request, response: Response) => Promise<void> | void;

const COOKIE_NAME = "__ac";

export interface SessionOptions {
  /**
   * Tickets that are refused although they have not expired. The worker instance is created without: a task that was
   * queued while its user was signed in is done, even when the user has signed out since.
   */
  readonly revoked?: RevokedTickets;
  /** Whether browsers send the cookie over https only. */
  readonly isSecure?: boolean;
}

export class Session {
  readonly #tickets: Tickets;
  readonly #authenticators: Authenticators;
  readonly #revoked: RevokedTickets | undefined;
  readonly #cookieOptions: CookieOptions;

  constructor(tickets: Tickets, authenticators: Authenticators, { revoked, isSecure = false }: SessionOptions = {}) {
    this.#tickets = tickets;
    this.#authenticators = authenticators;
    this.#revoked = revoked;
    this.#cookieOptions = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure };
  }

  user(request: Request): User | undefined {
    const ticket = this.#ticket(request);
    return ticket && findUser(ticket.userId);
  }

  logIn(user: User, response: Response): void {
    const maxAge = TICKET_LIFETIME_SECONDS * 1000;
    response.cookie(COOKIE_NAME, this.#tickets.issue(user.id), { ...this.#cookieOptions, maxAge });
  }

  /** @throws when only this process knows of it; the response ends the session in the browser all the same. */
  async logOut(request: Request, response: Response): Promise<void> {
    const ticket = this.#ticket(request);
    response.clearCookie(COOKIE_NAME, this.#cookieOptions);
    // Previews may be kept by the browser, whose next user may not see them.
    response.set("Clear-Site-Data", '"cache"');
    if (ticket) await this.#revoked?.add(ticket);
  }

  /** Calls the view with its user. Anyone else is redirected to the login page, as Plone does, for snippets too. */
  signedIn(view: View): RequestHandler {
    return (request, response) => {
      const user = this.user(request);
      if (user) return view(user, request, response);
      // A redirect would lose the form's data without a word.
      if (request.method !== "GET" && request.method !== "HEAD") {
        throw new Problem(401, "You are not signed in, so nothing was saved. Please sign in and try again.");
      }
      response.redirect(`/login?came_from=${encodeURIComponent(request.originalUrl)}`);
    };
  }

  /**
   * Refuses forms that were made for somebody else, or too long ago. A form without authenticator is accepted: it comes from a
   * script outside browsers, as own-pages.ts refuses the forms of other sites' pages.
   *
   * @throws {Problem} 403 for every other form.
   */
  requireOwnForm(user: User, request: Request): void {
    if (fieldsOf(request)["_authenticator"] !== undefined) this.requireAuthenticator(user, request);
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
    // Zope puts the value in quotes, which are not part of it.
    const text = parseCookie(request.headers.cookie ?? "")[COOKIE_NAME]?.replace(/^"(.*)"$/, "$1");
    const ticket = text === undefined ? undefined : this.#tickets.verify(text);
    return ticket && !this.#revoked?.has(ticket) ? ticket : undefined;
  }
}
