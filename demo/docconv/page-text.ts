/** A page's text as an `alt` text wants it: one line, no control characters, short enough to be listened to. */

const MAX_LENGTH = 200;

export function pageText(raw: string): string {
  const text = raw
    // PDFium joins a word divided at the end of a line with U+FFFE; U+00AD is the soft hyphen itself.
    .replace(/[\u00ad\ufffe]/gu, "")
    .replace(/[\s\p{Cc}\p{Cs}\p{Co}\p{Cn}]+/gu, " ")
    .trim();
  if (text.length <= MAX_LENGTH) return text;

  const cut = text.slice(0, MAX_LENGTH);
  const lastBlank = cut.lastIndexOf(" ");
  // Scripts without blanks between words are cut where the limit falls, though never within a surrogate pair.
  const kept = lastBlank > 0 ? cut.slice(0, lastBlank) : cut.replace(/[\ud800-\udbff]$/, "");
  return `${kept}…`;
}
