/**
 * Grants: a server's word that a user may listen to a topic until some time. PROTOCOL.md, "Topics".
 *
 * Whoever renders the page signs them, the gateway checks them, and both have the key. Knows nothing of streams or HTTP.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Grant {
  readonly topic: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

/** What a key is derived for, from the secret that Plone and the gateway share. */
export const GRANTS_PURPOSE = "topic";

/** A page that stays open for a working day hears of its topics all day, over new logins too. */
const LIFETIME_SECONDS = 12 * 60 * 60;
const GRANT = /^(?<topic>[\w.-]{1,64})~(?<expires>\d{1,12})~(?<signature>[\w-]{43})$/;

export class Grants {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970. */
  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** `<name>~<expiry>~<signature>`. */
  sign(topic: string, user: string): string {
    const expires = Math.floor(this.#now() / 1000) + LIFETIME_SECONDS;
    return `${topic}~${expires}~${this.#signature(topic, expires, user)}`;
  }

  /**
   * @param text what a browser has sent.
   * @throws {Error} when it grants this user nothing; says why.
   */
  verify(text: string, user: string): Grant {
    const { topic = "", expires, signature = "" } = GRANT.exec(text)?.groups ?? {};
    if (topic === "") throw new Error("expected name~expiry~signature, found something else");
    const expected = this.#signature(topic, Number(expires), user);
    // Both have 43 characters.
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
      throw new Error("expected this user's signature, found another");
    }
    const grant = { topic, expires: Number(expires) * 1000 };
    if (grant.expires <= this.#now()) throw new Error("expected a grant that goes on, found one that has expired");
    return grant;
  }

  // None of the parts before the user's id can contain a tilde.
  #signature(topic: string, expires: number, user: string): string {
    return createHmac("sha256", this.#key).update(`${topic}~${expires}~${user}`).digest("base64url");
  }
}
