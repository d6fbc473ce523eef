/**
 * The ticket in the cookie `__ac`, made as plone.session makes it: base64 of an HMAC-SHA256 (32 bytes), the time of issue
 * (8 hex digits, in seconds since 1970), `userid!` and data. Knows nothing of HTTP or of who the users are.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Two hours: plone.session's default. */
export const TICKET_LIFETIME_SECONDS = 2 * 60 * 60;

export interface Ticket {
  readonly userId: string;
  /** The same for every encoding of one ticket: base64 has several. */
  readonly id: string;
  /** In seconds since 1970. */
  readonly expires: number;
}

const DIGEST_BYTES = 32;
const SIGNED_TEXT = /^(?<time>[0-9a-f]{8})(?<userId>[^!]+)!(?<data>.*)$/;

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
    // Random data makes every ticket unique: otherwise a login within the same second would get the very ticket that a
    // logout has just revoked.
    const signed = `${time}${userId}!${randomBytes(8).toString("hex")}`;
    return Buffer.concat([this.#digest(signed), Buffer.from(signed)]).toString("base64");
  }

  /** @returns undefined when the ticket is forged, expired, from the future, or no ticket at all. */
  verify(text: string): Ticket | undefined {
    const bytes = Buffer.from(text, "base64");
    const signed = bytes.subarray(DIGEST_BYTES).toString();
    const { time, userId } = SIGNED_TEXT.exec(signed)?.groups ?? {};
    if (time === undefined || userId === undefined) return undefined;

    const digest = this.#digest(signed);
    if (!timingSafeEqual(digest, bytes.subarray(0, DIGEST_BYTES))) return undefined;
    const issued = Number.parseInt(time, 16);
    const expires = issued + TICKET_LIFETIME_SECONDS;
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
