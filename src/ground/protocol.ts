/**
 * The messages of PROTOCOL.md: their types, and the one place where `unknown` becomes one of them.
 *
 * Pure: knows nothing of sockets, the DOM or Patternslib, so that a server can import it too: `pat-inject-async/protocol`.
 */
import type { Position } from "./position.ts";
import {
  boolean,
  isGiven,
  isRecord,
  name,
  ProtocolError,
  position,
  read,
  string,
  stringOrNull,
  text,
} from "./properties.ts";

export { comparePositions, isPosition, type Position } from "./position.ts";
export { ProtocolError } from "./properties.ts";

/** Fetch `url` as the user (or take `html`) and inject it, as the `inject` argument or else the snippet itself says. */
export interface InjectMessage {
  readonly type?: "inject";
  readonly id?: Position;
  /** The topic whose stream it came by; undefined for the user's own. The gateway says it. */
  readonly topic?: string;
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
  /**
   * Token of the page whose user has caused this, out of the header `X-Inject-Async-Page` of their request. That page does
   * not say that an update waits: the answer to the request has brought it.
   */
  readonly author?: string;
  /** Many browsers get this message at once: they spread their fetches over the time of the option `jitter`. */
  readonly broadcast?: boolean;
  /** Name under which the message is found again in logs: sent with the fetch, and part of every event. */
  readonly trace?: string;
}

/** Fire the marker for pat-push elements and for pat-inject's `push-marker`. */
export interface PushMessage {
  readonly type: "push";
  readonly id?: Position;
  readonly topic?: string;
  readonly marker: string;
}

/** What a back end publishes: a message without its stream and position there, which the gateway adds. `{ url }` is one. */
export type Publication = Omit<InjectMessage, "id" | "topic"> | Omit<PushMessage, "id" | "topic">;

/** The server's answer to `resume`. `recovered: false` is an explicit gap: what was missed cannot be replayed. */
export interface WelcomeMessage {
  readonly type: "welcome";
  /** The topic that this is about; undefined for the user's own stream. */
  readonly topic?: string;
  readonly position: Position;
  readonly recovered: boolean;
}

export type ServerMessage = InjectMessage | PushMessage | WelcomeMessage;

/** What the browser sends right after `open`: the last position it has seen, or null when it has none. */
export interface ResumeMessage {
  readonly type: "resume";
  readonly position: Position | null;
  /** The same for each topic, by what the page has been granted it with. */
  readonly topics?: Readonly<Record<string, Position | null>>;
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

const TOPIC = { topic: name };
const PLACE = { ...TOPIC, id: position };
const INJECT = {
  ...PLACE,
  url: text(MAX_URL_LENGTH),
  html: string,
  inject: text(MAX_ARGUMENT_LENGTH),
  announce: text(MAX_ANNOUNCEMENT_LENGTH),
  once: boolean,
  author: name,
  broadcast: boolean,
  trace: name,
};

/**
 * Read one message of the server.
 *
 * @param data what the socket delivered: one JSON text.
 * @throws {ProtocolError} when it is not a message of this protocol.
 */
export function parse(data: unknown): ServerMessage {
  const value = parseJson(data);
  if (typeof value === "string") return { type: "inject", url: text(MAX_URL_LENGTH)("message", value) };
  if (!isRecord(value)) throw new ProtocolError("message", "a JSON object or a URL as a JSON string", value);

  const { type, url, html } = value;
  switch (type ?? "inject") {
    case "inject":
      if (isGiven(url) === isGiven(html)) {
        throw new ProtocolError("message", isGiven(url) ? "either url or html" : "a url or an html property", value);
      }
      return { type: "inject", ...read(value, INJECT) };
    case "push":
      return { type: "push", marker: text(MAX_MARKER_LENGTH)("marker", value["marker"]), ...read(value, PLACE) };
    case "welcome":
      return {
        type: "welcome",
        position: position("position", value["position"]),
        recovered: boolean("recovered", value["recovered"]),
        ...read(value, TOPIC),
      };
    default:
      throw new ProtocolError("type", '"inject", "push" or "welcome"', type);
  }
}

/**
 * Read one message of a browser: the server's side of {@link ResumeMessage}.
 *
 * Positions are only checked to be strings or null: one from another epoch or from the future, or none at all, is not
 * an error but a gap, and only the keeper of the stream can tell.
 *
 * @throws {ProtocolError} when it is not a message of this protocol.
 */
export function parseResume(data: unknown): ResumeMessage {
  const value = parseJson(data);
  if (!isRecord(value)) throw new ProtocolError("message", "a JSON object", value);
  if (value["type"] !== "resume") throw new ProtocolError("type", '"resume"', value["type"]);
  const topics = value["topics"] ?? null;
  if (topics === null) return { type: "resume", position: stringOrNull("position", value["position"]) };
  if (!isRecord(topics)) throw new ProtocolError("topics", "an object of positions", topics);
  const positions = Object.entries(topics).map(([grant, at]) => [grant, stringOrNull("topics", at)] as const);
  return {
    type: "resume",
    position: stringOrNull("position", value["position"]),
    topics: Object.fromEntries(positions),
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
