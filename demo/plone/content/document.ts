/**
 * A document of the workspace: its types, the permission to see it, and the only parser of `meta.json`.
 */
import type { User } from "../accounts/users.ts";
import { isRecord, unexpected } from "./parsing.ts";
import type { State } from "./state.ts";

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

/** What `meta.json` says. */
export interface StoredMeta extends Meta {
  /** How often there has been a file for it: from 1. */
  readonly version: number;
}

export interface StoredDocument extends StoredMeta {
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
export function parseMeta(text: string): StoredMeta {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw unexpected("a JSON object", value);
  const { title, size, owner, created, isPrivate, version } = value;
  if (typeof title !== "string") throw unexpected("title: a string", title);
  if (typeof size !== "number") throw unexpected("size: a number", size);
  if (typeof owner !== "string") throw unexpected("owner: a string", owner);
  if (typeof created !== "number") throw unexpected("created: a number", created);
  if (typeof isPrivate !== "boolean") throw unexpected("isPrivate: true or false", isPrivate);
  if (typeof version !== "number") throw unexpected("version: a number", version);
  return { title, size, owner, created, isPrivate, version };
}
