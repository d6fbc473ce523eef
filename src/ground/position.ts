/** Places in a stream of messages. Pure: a server can import it too, by way of protocol.ts. */

/** A position in a user's stream, `<milliseconds>-<sequence>`, as Redis Streams write their entry ids. */
export type Position = string;

/** Whether a text has the form of a stream position. */
export function isPosition(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text);
}

/**
 * Order of two positions: negative when `a` is older, 0 when they are the same, positive when `a` is newer.
 *
 * @throws {SyntaxError} for what {@link isPosition} refuses.
 */
export function comparePositions(a: Position, b: Position): number {
  const [aTime, aSequence] = halves(a);
  const [bTime, bSequence] = halves(b);
  return Number(aTime - bTime || aSequence - bSequence);
}

/** Both are 64-bit in Redis, more than a number holds exactly. */
function halves(position: Position): [time: bigint, sequence: bigint] {
  const [time = "", sequence = ""] = position.split("-");
  return [BigInt(time), BigInt(sequence)];
}
