/** URLs: which are allowed, and which are of the page's own origin. Origins are compared exactly, never as prefixes. */
import { dom } from "./dom.ts";
import { ProtocolError } from "./protocol.ts";

/** It does not change, and asking for it is not free. */
const PAGE_ORIGIN = location.origin;

/**
 * The absolute URL of a pushed one.
 *
 * @param allow origins allowed besides the page's own, e.g. `https://static.example.org`.
 * @throws {ProtocolError} when it may not be fetched.
 */
export function resolve(url: string, allow: readonly string[]): URL {
  // The URL parser strips control characters and reads a backslash as a slash.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be seen through.
  if (/^[\\/]{2}/.test(url.replace(/[\t\r\n]|^[\u0000-\u0020]+/g, ""))) {
    throw new ProtocolError("url", "a path or a full URL", url);
  }
  const resolved = absolute(url);
  if (!resolved) throw new ProtocolError("url", "a URL", url);
  const isAllowed = isSameOrigin(resolved) || allow.includes(resolved.origin);
  if (!isAllowed || !/^https?:$/.test(resolved.protocol)) {
    throw new ProtocolError("url", `a URL of ${[PAGE_ORIGIN, ...allow].join(" or ")}`, url);
  }
  if (resolved.username || resolved.password) {
    throw new ProtocolError("url", "a URL without user name and password", url);
  }
  return resolved;
}

/** Whether the URL, an absolute one, is of the page's own origin. */
export function isSameOrigin(url: URL): boolean {
  return url.origin === PAGE_ORIGIN;
}

/** Whether Plone and its kin send those there who have to log in, to confirm a request that would write, or may not see a page. */
export function isAccessPage({ pathname }: URL): boolean {
  return /\/(@@)?(login|login_form|logged[-_]out|require_login|insufficient-privileges|confirm-action)\/?$/i.test(
    pathname,
  );
}

/** Whether it is where Plone sends those who are logged in and may not see a page. */
export function isForbiddenPage({ pathname }: URL): boolean {
  return /insufficient-privileges\/?$/i.test(pathname);
}

/** The URL as the page reads it; undefined when it is invalid. */
export function absolute(url: string): URL | undefined {
  try {
    return new URL(url, dom.baseURI);
  } catch {
    return undefined;
  }
}
