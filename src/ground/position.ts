/** Places in a stream of messages. Pure: a server can import it too, by way of protocol.ts. */

/** A position in a user's stream, `<milliseconds>-<sequence>`, as Redis Streams write their entry ids. */
export type Position = string;

/** Whether a text has the form of a stream position. */
export function isPosition(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text);
}

/** Order of two positions: negative when `a` is older, 0 when they are the same, positive when `a` is newer. */
export function comparePositions(a: Position, b: Position): number {
  const [aTime = "0", aSequence = "0"] = a.split("-");
  const [bTime = "0", bSequence = "0"] = b.split("-");
  return compareDigits(aTime, bTime) || compareDigits(aSequence, bSequence);
}

// Both halves are 64-bit in Redis, more than a number holds exactly; digits compare by length, then by text.
function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+(?=\d)/, "");
  const y = b.replace(/^0+(?=\d)/, "");
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}
