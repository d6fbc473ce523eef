/** The page that a user sees after login. Pure. */

/** A base that resolves paths and cannot be the origin of a real page. */
const BASE_URL = "http://here.invalid";

/**
 * Returns the given path of this site, or the workspace when a browser would understand it as another site's address: a
 * link to our login page must not redirect to a foreign page.
 *
 * @param given what the request contains: anything.
 */
export function safeCameFrom(given: unknown): string {
  if (typeof given !== "string" || !given.startsWith("/") || !URL.canParse(given, BASE_URL)) return "/workspace";
  // URL parses as browsers do: "//host", "/\host" and "/<tab>/host" have another origin.
  const { origin, pathname, search, hash } = new URL(given, BASE_URL);
  // "/.//host" is of this origin, but its path alone would not be.
  if (origin !== BASE_URL || pathname.startsWith("//")) return "/workspace";
  return pathname + search + hash;
}
