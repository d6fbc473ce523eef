/**
 * Whose Cookie header it is. Only Plone knows: it is asked, with the header verbatim, because Zope quotes cookie values
 * and because the content of a ticket is Plone's business.
 *
 * Cookies are never logged, and the cache holds only their hashes.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";

/**
 * @param cookie a request's Cookie header, or undefined when it has none.
 * @param ask with `fresh`, a cached answer is not used.
 * @returns the user's id, or null for anonymous.
 * @throws {Error} when Plone cannot be asked, or its answer is invalid.
 */
export type Whoami = (cookie: string | undefined, ask?: { readonly fresh?: boolean }) => Promise<string | null>;

export interface IdentityOptions {
  /** Base URL of the site, e.g. `http://127.0.0.1:8080`. */
  readonly ploneUrl: string;
  /** The time for which an answer is cached. Default 5000. */
  readonly ttlMs?: number;
  /** The time that Plone has to answer. Default 5000. */
  readonly timeoutMs?: number;
  /** Answers in the cache. Default 10 000. */
  readonly maxAnswers?: number;
  /** The cache's clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

interface Identity {
  readonly user: string | null;
}

/** Asks `GET <ploneUrl>/@@whoami`, which answers `{"id": "jane"}` or `{"id": null}`. */
export function createIdentity(options: IdentityOptions): Whoami {
  const { ploneUrl, ttlMs = 5000, timeoutMs = 5000, maxAnswers = 10_000, now = () => performance.now() } = options;
  const url = `${ploneUrl.replace(/\/+$/, "")}/@@whoami`;

  // The cache joins questions about one cookie that are asked at the same time.
  const answers = new LRUCache<string, Identity, string>({
    max: maxAnswers,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now },
    fetchMethod: async (_hash, _stale, { context: cookie }) => ({ user: await ask(cookie) }),
    // A question goes on although newer ones have displaced it, and its failure does not invalidate an earlier answer.
    ignoreFetchAbort: true,
    noDeleteOnFetchRejection: true,
  });

  async function ask(cookie: string): Promise<string | null> {
    // A followed redirect would end at a login page, which is not an answer.
    const headers = { Cookie: cookie, Accept: "application/json" };
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${url}: expected status 200, found ${response.status}`);
    return parseAnswer(url, body);
  }

  return async (cookie, { fresh = false } = {}) => {
    if (cookie === undefined) return null;
    const hash = createHash("sha256").update(cookie).digest("base64");
    const { user } = await answers.forceFetch(hash, { context: cookie, forceRefresh: fresh });
    return user;
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
