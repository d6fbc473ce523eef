/** What the parsers of the store's files share. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function unexpected(expected: string, found: unknown): Error {
  return new Error(`expected ${expected}, found ${JSON.stringify(found)?.slice(0, 80)}`);
}
