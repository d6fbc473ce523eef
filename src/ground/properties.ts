/** What may stand in a message's properties, and the error for everything else. Pure. */
import { isPosition, type Position } from "./position.ts";

/** A message that is not one of the protocol's. Says which property is wrong, what was expected and what was found. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly property: string;
  readonly expected: string;
  readonly found: string;

  constructor(property: string, expected: string, found: unknown) {
    const shown = show(found);
    super(`${property}: expected ${expected}, found ${shown}`);
    this.property = property;
    this.expected = expected;
    this.found = shown;
  }
}

/** Checks what a property holds. */
export type Reader<T> = (property: string, value: unknown) => T;

/** Those of the properties that are given. */
export function read<T extends object>(
  value: Record<string, unknown>,
  readers: { readonly [K in keyof T]: Reader<T[K]> },
): Partial<T> {
  const given: Partial<T> = {};
  for (const property in readers) {
    if (isGiven(value[property])) given[property] = readers[property](property, value[property]);
  }
  return given;
}

/** Null is as if it were not there. */
export function isGiven(value: unknown): boolean {
  return (value ?? null) !== null;
}

export function position(property: string, value: unknown): Position {
  if (typeof value === "string" && isPosition(value)) return value;
  throw new ProtocolError(property, 'a stream position like "1732361000000-0"', value);
}

export function text(maxLength: number): Reader<string> {
  return (property, value) => {
    if (typeof value !== "string" || value.trim() === "")
      throw new ProtocolError(property, "a non-empty string", value);
    if (value.length <= maxLength) return value;
    throw new ProtocolError(property, `at most ${maxLength} characters`, `${value.length} characters`);
  };
}

export function string(property: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new ProtocolError(property, "a string", value);
}

export function boolean(property: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ProtocolError(property, "true or false", value);
}

/** It travels in a request header. */
export function name(property: string, value: unknown): string {
  if (typeof value === "string" && /^[\w.:-]{1,64}$/.test(value)) return value;
  throw new ProtocolError(property, "1 to 64 letters, digits, or .:_-", value);
}

export function stringOrNull(property: string, value: unknown): string | null {
  if (value !== null && typeof value !== "string") throw new ProtocolError(property, "a string or null", value);
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as an error message shows it: JSON, shortened to 80 characters. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  try {
    const text = JSON.stringify(typeof value === "string" ? value.slice(0, 80) : value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  } catch {
    return "what is nested too deep"; // it could be read, but not be written
  }
}
