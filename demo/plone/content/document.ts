/**
 * A document of the workspace: its types, the permission to see it, and the only parser of its files on disk.
 */
import type { User } from "../accounts/users.ts";

/** One page's preview: the text for `alt`, and the size of the `normal` image in pixels. */
export interface PreviewPage {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** How the conversion ended. `message` is a sentence for the user. */
export type Result =
  | { readonly name: "ready"; readonly pages: readonly PreviewPage[]; readonly pageCount: number }
  | { readonly name: "failed"; readonly message: string };

export type State = { readonly name: "pending" } | Result;

export interface Meta {
  /** The name of the uploaded file. */
  readonly title: string;
  /** In bytes. */
  readonly size: number;
  /** A user id. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly isPrivate: boolean;
}

export interface StoredDocument extends Meta {
  /** Sixteen hex digits: safe in paths, ids and selectors. */
  readonly uid: string;
  readonly state: State;
}

/** The permission "View": a private document is for its owner alone. */
export function maySee(user: User, document: Meta): boolean {
  return !document.isPrivate || document.owner === user.id;
}

export function isUid(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{16}$/.test(text);
}

/** @throws when the text is not a valid `meta.json`. */
export function parseMeta(text: string): Meta {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw unexpected("a JSON object", value);
  const { title, size, owner, created, isPrivate } = value;
  if (typeof title !== "string") throw unexpected("title: a string", title);
  if (typeof size !== "number") throw unexpected("size: a number", size);
  if (typeof owner !== "string") throw unexpected("owner: a string", owner);
  if (typeof created !== "number") throw unexpected("created: a number", created);
  if (typeof isPrivate !== "boolean") throw unexpected("isPrivate: true or false", isPrivate);
  return { title, size, owner, created, isPrivate };
}

/** @throws when the text is not a valid `result.json`. */
export function parseResult(text: string): Result {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw unexpected("a JSON object", value);
  const { name, message, pages, pageCount } = value;
  if (name === "failed") {
    if (typeof message !== "string") throw unexpected("message: a string", message);
    return { name, message };
  }
  if (name !== "ready") throw unexpected('name: "ready" or "failed"', name);
  if (typeof pageCount !== "number") throw unexpected("pageCount: a number", pageCount);
  if (!Array.isArray(pages)) throw unexpected("pages: an array", pages);
  return { name, pageCount, pages: pages.map(parsePage) };
}

function parsePage(value: unknown): PreviewPage {
  if (!isRecord(value)) throw unexpected("pages: objects", value);
  const { text, width, height } = value;
  if (typeof text !== "string") throw unexpected("text: a string", text);
  if (typeof width !== "number" || typeof height !== "number") throw unexpected("width, height: numbers", value);
  return { text, width, height };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unexpected(expected: string, found: unknown): Error {
  return new Error(`expected ${expected}, found ${JSON.stringify(found)?.slice(0, 80)}`);
}
