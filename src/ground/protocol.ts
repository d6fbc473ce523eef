/**
 * The messages of PROTOCOL.md: their types, and the one place where `unknown` becomes one of them.
 *
 * Pure: knows nothing of sockets, the DOM or Patternslib, so that a server can import it too.
 */

/** A position in a user's stream, `<milliseconds>-<sequence>`, as Redis Streams write their entry ids. */
export type Position = string;

/** Fetch `url` as the user (or take `html`) and inject it, as the `inject` argument or else the snippet itself says. */
export interface InjectMessage {
  readonly type: "inject";
  readonly id?: Position;
  /** Where the snippet is: same origin as the page unless the option `allow` says otherwise. */
  readonly url?: string;
  /** The snippet itself. A message has either `url` or `html`. */
  readonly html?: string;
  /** pat-inject's argument, e.g. `source: #a; target: #b && source: #c; target: #d::after`. */
  readonly inject?: string;
  /** What to tell the user, who may not see the change, once it is on the page. */
  readonly announce?: string;
  /** With an insertion: an element of the snippet whose id is on the page already is replaced, not inserted again. */
  readonly once?: boolean;
  /** Many browsers get this message at once: they spread their fetches over the time of the option `jitter`. */
  readonly broadcast?: boolean;
  /** Name under which the message is found again in logs: sent with the fetch, and part of every event. */
  readonly trace?: string;
}

/** Fire the marker for pat-push elements and for pat-inject's `push-marker`. */
export interface PushMessage {
  readonly type: "push";
  readonly id?: Position;
  readonly marker: string;
}

/** The server's answer to `resume`. `recovered: false` is an explicit gap: what was missed cannot be replayed. */
export interface WelcomeMessage {
  readonly type: "welcome";
  readonly position: Position;
  readonly recovered: boolean;
}

export type ServerMessage = InjectMessage | PushMessage | WelcomeMessage;

/** What the browser sends right after `open`: the last position it has seen, or null when it has none. */
export interface ResumeMessage {
  readonly type: "resume";
  readonly position: Position | null;
}

/** Close code: the session is over. PROTOCOL.md, "Close codes". */
export const SESSION_OVER = 4401;

/** Close code: come back, for the server restarts, or does not know whose connection this is any more. */
export const COME_BACK = 4503;

/** The longest message that is read, in characters (UTF-16 code units). */
export const MAX_MESSAGE_LENGTH = 1024 * 1024;
/** The longest texts in a message, in characters: none is so long that reading it could hold up a page. */
export const MAX_URL_LENGTH = 8_192;
export const MAX_ARGUMENT_LENGTH = 16_384;
export const MAX_ANNOUNCEMENT_LENGTH = 1_000;
export const MAX_MARKER_LENGTH = 1_000;

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

/**
 * Read one message of the server.
 *
 * @param data what the socket delivered: one JSON text.
 * @throws {ProtocolError} when it is not a message of this protocol.
 */
export function parse(data: unknown): ServerMessage {
  const value = parseJson(data);
  if (typeof value === "string") return { type: "inject", url: nonEmpty("message", value, MAX_URL_LENGTH) };
  if (!isRecord(value)) throw new ProtocolError("message", "a JSON object or a URL as a JSON string", value);

  const type = value["type"] ?? "inject";
  switch (type) {
    case "inject":
      return parseInject(value);
    case "push":
      return { type: "push", ...optionalId(value), marker: nonEmpty("marker", value["marker"], MAX_MARKER_LENGTH) };
    case "welcome":
      return {
        type: "welcome",
        position: position("position", value["position"]),
        recovered: boolean("recovered", value["recovered"]),
      };
    default:
      throw new ProtocolError("type", '"inject", "push" or "welcome"', type);
  }
}

/**
 * Read one message of a browser: the server's side of {@link ResumeMessage}.
 *
 * The position is only checked to be a string or null: one from another epoch or from the future, or none at all, is not
 * an error but a gap, and only the keeper of the stream can tell.
 *
 * @throws {ProtocolError} when it is not a message of this protocol.
 */
export function parseResume(data: unknown): ResumeMessage {
  const value = parseJson(data);
  if (!isRecord(value)) throw new ProtocolError("message", "a JSON object", value);
  if (value["type"] !== "resume") throw new ProtocolError("type", '"resume"', value["type"]);
  const given = value["position"];
  if (given !== null && typeof given !== "string") throw new ProtocolError("position", "a string or null", given);
  return { type: "resume", position: given };
}

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

function parseInject(value: Record<string, unknown>): InjectMessage {
  const {
    url = null,
    html = null,
    inject = null,
    announce = null,
    once = null,
    broadcast = null,
    trace = null,
  } = value;
  if (url === null && html === null) throw new ProtocolError("message", "a url or an html property", value);
  if (url !== null && html !== null) throw new ProtocolError("message", "either url or html", value);
  return {
    type: "inject",
    ...optionalId(value),
    ...(url === null ? { html: string("html", html) } : { url: nonEmpty("url", url, MAX_URL_LENGTH) }),
    ...(inject === null ? {} : { inject: nonEmpty("inject", inject, MAX_ARGUMENT_LENGTH) }),
    ...(announce === null ? {} : { announce: nonEmpty("announce", announce, MAX_ANNOUNCEMENT_LENGTH) }),
    ...(once === null ? {} : { once: boolean("once", once) }),
    ...(broadcast === null ? {} : { broadcast: boolean("broadcast", broadcast) }),
    ...(trace === null ? {} : { trace: traceName(trace) }),
  };
}

function parseJson(data: unknown): unknown {
  if (typeof data !== "string") throw new ProtocolError("message", "a JSON text", data);
  if (data.length > MAX_MESSAGE_LENGTH) {
    throw new ProtocolError("message", `at most ${MAX_MESSAGE_LENGTH} characters`, `${data.length} characters`);
  }
  try {
    return JSON.parse(data);
  } catch {
    throw new ProtocolError("message", "a JSON text", data);
  }
}

function optionalId(value: Record<string, unknown>): { id?: Position } {
  return (value["id"] ?? null) === null ? {} : { id: position("id", value["id"]) };
}

function position(property: string, value: unknown): Position {
  if (typeof value !== "string" || !isPosition(value)) {
    throw new ProtocolError(property, 'a stream position like "1732361000000-0"', value);
  }
  return value;
}

function nonEmpty(property: string, value: unknown, maxLength: number): string {
  if (typeof value !== "string" || value.trim() === "") throw new ProtocolError(property, "a non-empty string", value);
  if (value.length <= maxLength) return value;
  throw new ProtocolError(property, `at most ${maxLength} characters`, `${value.length} characters`);
}

function string(property: string, value: unknown): string {
  if (typeof value !== "string") throw new ProtocolError(property, "a string", value);
  return value;
}

function boolean(property: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new ProtocolError(property, "true or false", value);
  return value;
}

/** It travels in a request header. */
function traceName(value: unknown): string {
  if (typeof value === "string" && /^[\w.:-]{1,64}$/.test(value)) return value;
  throw new ProtocolError("trace", "1 to 64 letters, digits, or .:_-", value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as an error message shows it: JSON, shortened to 80 characters. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
