/**
 * Tickets that a logout has ended before they expire.
 *
 * plone.session has no such list: there, a logout only removes the cookie from the browser, and a copy of the cookie
 * stays valid. The gateway has such a copy. It forwards the cookie that its socket was opened with, and without this
 * list would keep a logged-out user's socket open for up to two hours.
 */
import type { Ticket } from "./ticket.ts";

export class RevokedTickets {
  /** Ticket id to expiry, in seconds since 1970. */
  readonly #expiries = new Map<string, number>();

  add({ id, expires }: Ticket): void {
    for (const [known, end] of this.#expiries) if (end <= Date.now() / 1000) this.#expiries.delete(known);
    this.#expiries.set(id, expires);
  }

  has({ id }: Ticket): boolean {
    return this.#expiries.has(id);
  }
}
