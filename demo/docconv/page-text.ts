/** A page's text, for those who do not see its picture, and for searching: one line, no control characters. */

/** More than a page of small print has. */
const MAX_LENGTH = 10_000;

export function pageText(raw: string): string {
  const text = raw
    // PDFium joins a word divided at the end of a line with U+FFFE; U+00AD is the soft hyphen itself.
    .replace(/[\u00ad\ufffe]/gu, "")
    .replace(/[\s\p{Cc}\p{Cs}\p{Co}\p{Cn}]+/gu, " ")
    .trim();
  // Never within a surrogate pair.
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, "")}…`;
}
