/**
 * Who a Cookie header belongs to. Only Plone knows: it is asked, with the header verbatim, because Zope quotes cookie
 * values and because what is in a ticket is Plone's business.
 *
 * Cookies are never logged, and not even the cache keeps them: it knows their hashes.
 */
import { createHash } from "node:crypto";

/**
 * @param cookie a request's Cookie header, or undefined when it has none.
 * @returns the user's id, or null for anonymous.
 * @throws {Error} when Plone cannot be asked, or gives no sensible answer.
 */
export type Whoami = (cookie: string | undefined, ask?: { readonly fresh?: boolean }) => Promise<string | null>;

export interface IdentityOptions {
  /** Base URL of the site, e.g. `http://127.0.0.1:8080`. */
  readonly ploneUrl: string;
  /** How long an answer is believed, in milliseconds, unless a fresh one is asked for. Default 5000. */
  readonly ttl?: number;
  /** How long Plone may take, in milliseconds. Default 5000. */
  readonly timeout?: number;
  /** How many answers are kept. Default 10 000. */
  readonly maxAnswers?: number;
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}

/** Ask `GET <ploneUrl>/@@whoami`, which answers `{"id": "jane"}` or `{"id": null}`. */
export function createIdentity(options: IdentityOptions): Whoami {
  const { ttl = 5000, timeout = 5000, maxAnswers = 10_000, now = Date.now, fetch: get = fetch } = options;
  const url = `${options.ploneUrl.replace(/\/+$/, "")}/@@whoami`;
  const answers = new Map<string, { readonly user: string | null; readonly until: number }>();
  const underWay = new Map<string, Promise<string | null>>();

  async function ask(cookie: string): Promise<string | null> {
    // A redirect would be followed to a login page, which is not an answer.
    const headers = { Cookie: cookie, Accept: "application/json" };
    const response = await get(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${url}: expected status 200, found ${response.status}`);
    return parseAnswer(url, body);
  }

  function remember(key: string, user: string | null): void {
    answers.delete(key);
    answers.set(key, { user, until: now() + ttl });
    const [oldest] = answers.keys();
    if (answers.size > maxAnswers && oldest !== undefined) answers.delete(oldest);
  }

  return async (cookie, { fresh = false } = {}) => {
    if (cookie === undefined) return null;
    const key = createHash("sha256").update(cookie).digest("base64");
    const known = answers.get(key);
    if (!fresh && known !== undefined && now() < known.until) return known.user;

    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    const asking = ask(cookie);
    underWay.set(key, asking);
    try {
      const user = await asking;
      remember(key, user);
      return user;
    } finally {
      underWay.delete(key);
    }
  };
}

function parseAnswer(url: string, body: string): string | null {
  const value: unknown = parseJson(body);
  if (typeof value === "object" && value !== null && "id" in value) {
    if (value.id === null || (typeof value.id === "string" && value.id !== "")) return value.id;
  }
  throw new Error(`${url}: expected {"id": "a user"} or {"id": null}, found ${JSON.stringify(body.slice(0, 80))}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
