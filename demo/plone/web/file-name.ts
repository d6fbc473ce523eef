/** The name of an uploaded file, safe to show. It is never a path: files are stored under names of our own. */

const MAX_CHARACTERS = 200;
const EXTENSION = /\.[\p{L}\p{N}]{1,10}$/u;
/** Controls, line breaks, changes of writing direction, half surrogate pairs, and what is not assigned. */
const DECEIVING = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** What has no width, and blanks that are letters. Joiners and variants stay: Persian names and emoji need them. */
const INVISIBLE = /[\u115f\u1160\u2800\u3164\uffa0]|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

/**
 * What could deceive its reader becomes a blank, so that nothing is joined that was apart; what is too long is shortened before
 * its extension.
 */
export function titleOf(name: string): string {
  const visible = name.replace(DECEIVING, " ").replace(INVISIBLE, " ").replace(/\s+/gu, " ").trim();
  // What is left is not even a name: `.`, `..`.
  if (!/[^.\s]/u.test(visible)) return "Untitled";
  const characters = [...visible];
  if (characters.length <= MAX_CHARACTERS) return visible;
  const extension = EXTENSION.exec(visible)?.[0] ?? "";
  const room = MAX_CHARACTERS - [...extension].length - 1;
  return `${characters.slice(0, room).join("").trimEnd()}…${extension}`;
}
