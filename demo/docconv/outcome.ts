/** What the worker process answers, and the one place where the `unknown` that arrives becomes it. */
import type { Conversion, Kind, PreviewPage } from "./conversion.ts";
import { ConversionError, type ConversionFailure, failures } from "./errors.ts";

export type Outcome =
  | { readonly ok: true; readonly conversion: Conversion }
  /** A ConversionError on its way between processes. */
  | { readonly ok: false; readonly reason: ConversionFailure; readonly message: string; readonly cause: string };

/** Any error as the outcome it leads to: what nobody expected is a converter that crashed. */
export function failed(error: unknown): Outcome {
  if (error instanceof ConversionError) {
    const { reason, message, cause } = error;
    return { ok: false, reason, message, cause: cause === undefined ? "" : String(cause) };
  }
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, reason: "crashed", message: "The converter failed on this file, so there is no preview.", cause };
}

/** @throws {TypeError} when it is no outcome: the converter reads hostile files, so it is not taken at its word. */
export function parseOutcome(value: unknown): Outcome {
  const { ok, conversion, reason, message, cause } = record("outcome", value);
  if (ok === true) return { ok, conversion: parseConversion(record("conversion", conversion)) };
  return {
    ok: false,
    reason: oneOf("reason", failures, reason),
    message: string("message", message),
    cause: string("cause", cause),
  };
}

const KINDS: readonly Kind[] = ["pdf", "image", "office"];

function parseConversion({ kind, pages, pageCount }: Record<string, unknown>): Conversion {
  if (!Array.isArray(pages)) throw new TypeError(`pages: expected an array, found ${typeof pages}`);
  return {
    kind: oneOf("kind", KINDS, kind),
    pages: pages.map((page) => parsePage(record("page", page))),
    pageCount: number("pageCount", pageCount),
  };
}

function parsePage({ text, small, normal, large, width, height }: Record<string, unknown>): PreviewPage {
  return {
    text: string("text", text),
    small: buffer("small", small),
    normal: buffer("normal", normal),
    large: buffer("large", large),
    width: number("width", width),
    height: number("height", height),
  };
}

function record(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name}: expected an object, found ${typeof value}`);
  return Object.fromEntries(Object.entries(value));
}

function string(name: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${name}: expected a string, found ${typeof value}`);
  return value;
}

function number(name: string, value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`${name}: expected a number, found ${typeof value}`);
  return value;
}

function buffer(name: string, value: unknown): Buffer {
  if (!Buffer.isBuffer(value)) throw new TypeError(`${name}: expected a Buffer, found ${typeof value}`);
  return value;
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: unknown): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new TypeError(`${name}: expected one of ${allowed.join(", ")}, found ${String(value)}`);
  return found;
}
