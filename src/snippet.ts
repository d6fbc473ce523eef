/**
 * Fetching snippets as the user: what counts as one, and when to try again.
 *
 * Plain `fetch`, not the host's jQuery: pat-ajax turns an error into a page reload, and plone.protect would add its token
 * to every jQuery request whose URL merely starts like the site's.
 */
import { backoff } from "./backoff.ts";
import { isSameOrigin } from "./origin.ts";

export interface SnippetOptions {
  /** Time limit of one request, in milliseconds. */
  readonly timeout: number;
  /** How often a request that failed in passing is made again. */
  readonly retries: number;
}

/** A snippet that could not be had. */
export class SnippetError extends Error {
  override readonly name: string = "SnippetError";
  readonly url: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** Whether the same request may succeed a moment later. */
  readonly passing: boolean;

  constructor(url: string, message: string, details: { status?: number; passing?: boolean; cause?: unknown } = {}) {
    super(`${url}: ${message}`, { cause: details.cause });
    this.url = url;
    this.status = details.status;
    this.passing = details.passing ?? false;
  }
}

/** The user may not see the snippet (403), or is not logged in any more. Never retried at once, never injected. */
export class UnauthorizedError extends SnippetError {
  override readonly name = "UnauthorizedError";

  /** Whether the same request may succeed after a login. */
  get isSessionOver(): boolean {
    return this.status !== 403;
  }
}

/** Largest answer read, in bytes as they are after decompression. */
const LIMIT = 5 * 1024 * 1024;
const RETRY = { base: 400, cap: 5_000 };
/** Where Plone and its kin send those who have to log in, or to confirm a request that would write. */
const LOGIN_PAGE = /\/(@@)?(login|login_form|logged[-_]out|require_login|insufficient-privileges|confirm-action)\/?$/i;

/**
 * Fetch a snippet. Network errors, 5xx, 408, 429, and 404 or an empty answer (the transaction that made it may not be
 * visible yet) are tried again after a moment.
 *
 * @param url has been found to be allowed: origin.ts.
 * @param trace sent in the header `X-Trace-Id`, to the page's own origin.
 * @param signal aborts the request and the waiting between requests.
 * @returns its HTML.
 * @throws {SnippetError} when no attempt gave one.
 * @throws {UnauthorizedError} for 401, 403, and a login or confirmation page in its place.
 */
export async function fetchSnippet(
  url: URL,
  trace: string,
  options: SnippetOptions,
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchHtml(url, trace, options.timeout, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SnippetError) || !error.passing) throw error;
      if (attempt === 0 && error.cause instanceof TypeError && (await isSentAway(url, options.timeout, signal))) {
        throw new UnauthorizedError(url.href, "expected a snippet, was sent to another site");
      }
      if (attempt >= options.retries) throw error;
      signal.throwIfAborted();
      await pause(backoff(attempt, RETRY), signal);
    }
  }
}

/**
 * One request, without a second try.
 *
 * @param timeout its time limit, in milliseconds.
 * @throws as {@link fetchSnippet}.
 */
export async function fetchHtml(url: URL, trace: string, timeout: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const limited = new AbortController();
  const abort = () => limited.abort();
  const timer = setTimeout(abort, timeout);
  signal.addEventListener("abort", abort, { once: true });
  const own = { "X-Requested-With": "XMLHttpRequest", "X-Trace-Id": trace };
  try {
    const response = await fetch(url, {
      // An answer must not come out of a cache: the message says that there is something new.
      cache: "no-store",
      credentials: "include",
      headers: { Accept: "text/html", ...(isSameOrigin(url) ? own : {}) },
      // A redirect to another origin is not even followed.
      mode: isSameOrigin(url) ? "same-origin" : "cors",
      signal: limited.signal,
    });
    check(url.href, response);
    const html = await readText(url.href, response);
    requireContent(url.href, html, response.status);
    return html;
  } catch (error) {
    if (error instanceof SnippetError) throw error;
    const reason = limited.signal.aborted && !signal.aborted ? `no answer within ${timeout} ms` : "the request failed";
    throw new SnippetError(url.href, reason, { passing: true, cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** @throws {SnippetError} when the text of an answer is no snippet: a login form, or nothing. */
export function requireContent(url: string, html: string, status: number): void {
  if (isLoginForm(html)) throw new UnauthorizedError(url, "expected a snippet, found a login form", { status });
  if (html.trim() === "") {
    throw new SnippetError(url, "expected a snippet, found an empty answer", { status, passing: true });
  }
}

/** Plone's login form, sent with status 200 in place of what was asked for. */
function isLoginForm(html: string): boolean {
  if (!html.includes("__ac_password")) return false;
  return new DOMParser().parseFromString(html, "text/html").querySelector("input[name=__ac_password]") !== null;
}

/** Whether the answer is a redirect. One to another origin, to a common login for example, fails like the network does. */
async function isSentAway(url: URL, timeout: number, signal: AbortSignal): Promise<boolean> {
  if (!isSameOrigin(url)) return false;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const answer = await fetch(url, { cache: "no-store", redirect: "manual", signal: limited }).catch(() => undefined);
  return answer?.type === "opaqueredirect";
}

function check(url: string, response: Response): void {
  const { status } = response;
  if (status === 401 || status === 403) throw new UnauthorizedError(url, `status ${status}`, { status });
  if (response.redirected) {
    const final = new URL(response.url);
    if (LOGIN_PAGE.test(final.pathname)) {
      throw new UnauthorizedError(url, `expected a snippet, was sent to ${final.pathname}`, { status });
    }
    if (final.origin !== new URL(url).origin) {
      throw new SnippetError(url, `expected a snippet, was sent to ${final.origin}`, { status });
    }
  }
  if (!response.ok || status === 204) {
    const passing = status >= 500 || [204, 404, 408, 429].includes(status);
    throw new SnippetError(url, `expected a snippet, found status ${status}`, { status, passing });
  }
  const type = response.headers.get("Content-Type");
  if (type !== null && !/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) {
    throw new SnippetError(url, `expected text/html, found ${type}`, { status });
  }
}

/** The body as text: in the charset it is sent in, which `Response.text()` would take for UTF-8, and not without end. */
async function readText(url: string, response: Response): Promise<string> {
  const { headers } = response;
  const charset = /charset\s*=\s*["']?([\w-]+)/i.exec(headers.get("Content-Type") ?? "")?.[1] ?? "utf-8";
  // Where the length is known, the browser may as well read it all. Of another site, compression is not known.
  const isShort =
    response.type === "basic" &&
    Number(headers.get("Content-Length") ?? LIMIT) < LIMIT &&
    !headers.has("Content-Encoding");
  if (isShort && /^utf-?8$/i.test(charset)) return response.text();
  const decoder = decoderFor(url, charset);
  const reader = response.body?.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return text + decoder.decode();
    size += chunk.value.byteLength;
    if (size > LIMIT) {
      await reader?.cancel();
      throw new SnippetError(url, `expected at most ${LIMIT} bytes, found more`);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
}

function decoderFor(url: string, charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch (cause) {
    throw new SnippetError(url, `expected a charset known to the browser, found ${charset}`, { cause });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
