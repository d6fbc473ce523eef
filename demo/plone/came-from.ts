/** Where to go after login. Pure. */

const HERE = "http://here.invalid";

/**
 * A path of this site, or else the workspace. Anything a browser would understand as another site is refused: a link to
 * our login page must not be able to lead somewhere else.
 *
 * @param given whatever came with the request.
 */
export function safeCameFrom(given: unknown): string {
  if (typeof given !== "string" || !given.startsWith("/") || !URL.canParse(given, HERE)) return "/workspace";
  // As browsers read it: "//host", "/\host" and "/<tab>/host" all have another origin.
  const { origin, pathname, search, hash } = new URL(given, HERE);
  // "/.//host" is of this origin, but its path alone would not be.
  if (origin !== HERE || pathname.startsWith("//")) return "/workspace";
  return pathname + search + hash;
}
