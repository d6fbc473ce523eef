/**
 * The form field `_authenticator`, as plone.protect has it: proof that a POST comes from a form of this site, made for
 * this user. Knows nothing of HTTP.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** A token is valid for one to two windows, so a form stays valid at least as long as the ticket. */
const WINDOW_MS = 2 * 60 * 60 * 1000;

export class Authenticators {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970. */
  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  token(userId: string): string {
    return this.#token(userId, this.#window()).toString("hex");
  }

  /** @param token what the form contains: anything. */
  verify(userId: string, token: unknown): boolean {
    if (typeof token !== "string" || !/^[0-9a-f]{64}$/.test(token)) return false;
    const given = Buffer.from(token, "hex");
    const current = this.#window();
    return [current, current - 1].some((window) => timingSafeEqual(this.#token(userId, window), given));
  }

  #window(): number {
    return Math.floor(this.#now() / WINDOW_MS);
  }

  #token(userId: string, window: number): Buffer {
    return createHmac("sha256", this.#key).update(`${window}:${userId}`).digest();
  }
}
