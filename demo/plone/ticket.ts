/**
 * The ticket in the cookie `__ac`, made as plone.session makes it: base64 of an HMAC-SHA256 (32 bytes), the time of issue
 * (8 hex digits, seconds), `userid!` and data. Knows nothing of HTTP or of who the users are.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Two hours, in seconds: plone.session's default. */
export const TICKET_LIFETIME = 2 * 60 * 60;

export interface Ticket {
  readonly userId: string;
  /** The same for every spelling of one ticket: base64 has several. */
  readonly id: string;
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
}

const DIGEST_LENGTH = 32;
const FORM = /^(?<time>[0-9a-f]{8})(?<userId>[^!]+)!(?<data>.*)$/;

export class Tickets {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970. */
  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  issue(userId: string): string {
    const time = this.#seconds().toString(16).padStart(8, "0");
    // Data of its own makes every ticket unique; otherwise a second login within a second would get the ticket that a
    // logout has just revoked.
    const signed = `${time}${userId}!${randomBytes(8).toString("hex")}`;
    return Buffer.concat([this.#digest(signed), Buffer.from(signed)]).toString("base64");
  }

  /** What the ticket says; undefined when it is forged, expired, from the future, or none at all. */
  verify(text: string): Ticket | undefined {
    const bytes = Buffer.from(text, "base64");
    const signed = bytes.subarray(DIGEST_LENGTH).toString();
    const { time, userId } = FORM.exec(signed)?.groups ?? {};
    if (time === undefined || userId === undefined) return undefined;

    const digest = this.#digest(signed);
    if (!timingSafeEqual(digest, bytes.subarray(0, DIGEST_LENGTH))) return undefined;
    const issued = Number.parseInt(time, 16);
    const expires = issued + TICKET_LIFETIME;
    const now = this.#seconds();
    return issued <= now && now < expires ? { userId, id: digest.toString("hex"), expires } : undefined;
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #digest(signed: string): Buffer {
    return createHmac("sha256", this.#key).update(signed).digest();
  }
}

/**
 * Tickets that have been ended before their time.
 *
 * plone.session does not do this: there a logout only takes the cookie from the browser, and whoever kept a copy stays
 * signed in. The gateway is such a one. It forwards the cookie its socket was opened with, and without this list would
 * keep a logged-out socket open for up to two hours.
 */
export class RevokedTickets {
  readonly #expiries = new Map<string, number>();

  add({ id, expires }: Ticket): void {
    for (const [known, end] of this.#expiries) if (end <= Date.now() / 1000) this.#expiries.delete(known);
    this.#expiries.set(id, expires);
  }

  has({ id }: Ticket): boolean {
    return this.#expiries.has(id);
  }
}
