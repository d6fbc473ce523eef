/**
 * What the worker's process and the server say to each other, and the one place where the `unknown` that arrives becomes it:
 * the worker reads hostile files, so it is not taken at its word.
 */
import type { Failure, Kind, Outcome, PageEvent, PageImage } from "./conversion.ts";
import { officeKinds } from "./kinds.ts";
import { reasons } from "./words.ts";

/** An argument of the worker's process: it draws a few pages of its own before it is ready for a document. */
export const PRACTISE = "practise";

/** To the worker, with the document on its standard input. */
export interface Job {
  readonly type: "job";
  /** Of the document's name, in small letters, without the dot. */
  readonly extension: string;
  readonly pages: number;
  readonly unpackedBytes: number;
  /** Whether links have to be taken out before LibreOffice opens it. */
  readonly removeLinks: boolean;
}

/** To the worker, in answer to `office`. */
export interface OpenedDocument {
  readonly type: "opened";
  readonly pdf: Buffer;
}

export type WorkerMessage =
  | { readonly type: "ready" }
  | PageEvent
  /** Asks for the document to be opened by LibreOffice, which gets a process of its own. */
  | { readonly type: "office"; readonly extension: string; readonly document: Buffer }
  | { readonly type: "end"; readonly outcome: Outcome };

/** @throws {TypeError} when it is invalid. */
export function parseWorkerMessage(value: unknown): WorkerMessage {
  const message = record("message", value);
  switch (message["type"]) {
    case "ready":
      return { type: "ready" };
    case "page":
      return {
        type: "page",
        ...place(message),
        image: parseImage(record("image", message["image"])),
        words: optionalString("words", message["words"]),
      };
    case "large":
      return { type: "large", page: number("page", message["page"]), large: buffer("large", message["large"]) };
    case "lost":
      return { type: "lost", ...place(message), words: string("words", message["words"]) };
    case "office":
      return {
        type: "office",
        extension: oneOf("extension", [...officeKinds.keys()], message["extension"]),
        document: buffer("document", message["document"]),
      };
    case "end":
      return { type: "end", outcome: parseOutcome(record("outcome", message["outcome"])) };
    default:
      throw new TypeError(`type: expected ready, page, large, lost, office or end, found ${String(message["type"])}`);
  }
}

/** @throws {TypeError} when it is neither. */
export function parseServerMessage(value: unknown): Job | OpenedDocument {
  const message = record("message", value);
  if (message["type"] === "opened") return { type: "opened", pdf: buffer("pdf", message["pdf"]) };
  return {
    type: oneOf("type", ["job"], message["type"]),
    extension: string("extension", message["extension"]),
    pages: number("pages", message["pages"]),
    unpackedBytes: number("unpackedBytes", message["unpackedBytes"]),
    removeLinks: message["removeLinks"] === true,
  };
}

const KINDS: readonly Kind[] = ["pdf", "image", "office", "text"];

function parseOutcome(outcome: Record<string, unknown>): Outcome {
  const { state, kind, total, words } = outcome;
  if (state !== "done") return { state: oneOf("state", ["stopped", "failed"], state), ...parseFailure(outcome) };
  return {
    state,
    kind: oneOf("kind", KINDS, kind),
    total: total === undefined ? undefined : number("total", total),
    words: optionalString("words", words),
  };
}

function parseFailure({ reason, words, again, cause }: Record<string, unknown>): Failure {
  return {
    reason: oneOf("reason", reasons, reason),
    words: string("words", words),
    again: again === true,
    cause: optionalString("cause", cause),
  };
}

function parseImage({ text, small, normal, width, height }: Record<string, unknown>): PageImage {
  return {
    text: string("text", text),
    small: buffer("small", small),
    normal: buffer("normal", normal),
    width: number("width", width),
    height: number("height", height),
  };
}

function place({ page, of }: Record<string, unknown>): { page: number; of: number } {
  return { page: number("page", page), of: number("of", of) };
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

function optionalString(name: string, value: unknown): string | undefined {
  return value === undefined ? undefined : string(name, value);
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
