/**
 * One fetch of one snippet, as the user.
 *
 * Plain `fetch`, not the host's jQuery: pat-ajax turns an error into a page reload, and plone.protect would add its token
 * to every jQuery request whose URL merely starts like the site's. Not `XMLHttpRequest`: it would follow a redirect to
 * another origin.
 */
import { isSameOrigin } from "../../ground/url.ts";
import { readAnswer } from "./answer.ts";
import { SnippetError, UnauthorizedError } from "./errors.ts";
import type { Fetchable } from "./snippet.ts";

/**
 * @param snippet its trace is sent in the header `X-Trace-Id`, to the page's own origin.
 * @param timeout time limit, in milliseconds.
 * @throws {SnippetError} when there is no snippet. Worth another attempt are network errors, 5xx, 408, 429, and 404 or an
 *   empty answer: the transaction that makes it may not be visible yet.
 * @throws {UnauthorizedError} for 401, 403, and a login or confirmation page in its place.
 */
export async function fetchSnippet({ url, trace, signal }: Fetchable, timeout: number): Promise<string> {
  // Not `AbortSignal.any`, which Safari knows from 17.4 on.
  const limited = new AbortController();
  const abort = () => limited.abort();
  const timer = setTimeout(abort, timeout);
  // It may have been given up before it is its turn.
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const isOwn = isSameOrigin(url);
  const own: Record<string, string> = isOwn ? { "X-Requested-With": "XMLHttpRequest", "X-Trace-Id": trace } : {};
  try {
    const response = await fetch(url, {
      // An answer must not come out of a cache: the message says that there is something new.
      cache: "no-store",
      credentials: "include",
      headers: { Accept: "text/html", ...own },
      // A redirect to another origin is not even followed.
      mode: isOwn ? "same-origin" : "cors",
      signal: limited.signal,
    });
    return await readAnswer(url.href, response);
  } catch (error) {
    const isLate = limited.signal.aborted && !signal.aborted;
    const isAway = isOwn && error instanceof TypeError && (await isSentAway(url, limited.signal));
    // The body of an answer that is no snippet would go on coming.
    abort();
    if (error instanceof SnippetError) throw error;
    if (isAway) throw new UnauthorizedError(url.href, "expected a snippet, was sent to another site");
    const reason = isLate ? `no answer within ${timeout} ms` : "the request failed";
    throw new SnippetError(url.href, reason, { retry: "later", cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** Whether the answer is a redirect. One to another origin, to a common login for example, fails like the network does. */
async function isSentAway(url: URL, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(url, { cache: "no-store", redirect: "manual", signal }).catch(() => undefined);
  return answer?.type === "opaqueredirect";
}
