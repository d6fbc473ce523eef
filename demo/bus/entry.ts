/** From a message to an entry of a stream, and from any program's text to one. Knows nothing of where streams are kept. */
import { MAX_MESSAGE_LENGTH, type Position, ProtocolError, type Publication, parse } from "../protocol.ts";
import type { Entry } from "./bus.ts";

/** Room for `,"topic":"<64 characters>","id":"<20 digits>-<20 digits>"`. */
const MAX_PLACE_LENGTH = 125;

/**
 * @param json the message as JSON.
 * @param topic whose stream it is in; undefined for a user's.
 */
export function createEntry(id: Position, json: string, topic: string | undefined): Entry {
  const place = topic === undefined ? `"id":"${id}"` : `"topic":"${topic}","id":"${id}"`;
  return { id, text: `${json.slice(0, -1)},${place}}` };
}

/**
 * @param json what any program has published. An id or a topic in it does not count: the stream gives them.
 * @throws {ProtocolError} when it is not a message that a back end may publish.
 */
export function parsePublication(json: string): Publication {
  const parsed = parse(json);
  if (parsed.type === "welcome") throw new ProtocolError("type", '"inject" or "push"', "welcome");
  const { id: _, topic: __, ...message } = parsed;
  return message;
}

/**
 * The message as JSON.
 *
 * @throws {RangeError} when browsers would not read it.
 */
export function toJson(message: Publication): string {
  const json = JSON.stringify(message);
  const max = MAX_MESSAGE_LENGTH - MAX_PLACE_LENGTH;
  if (json.length > max) throw new RangeError(`message: expected at most ${max} characters, found ${json.length}`);
  return json;
}
