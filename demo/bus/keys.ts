/**
 * The names of streams, which are those of their channels too. A contract with every program that publishes.
 *
 * A user id of the letters, digits and signs that ids are usually made of stands in the key as it is. Everything else is
 * percent-encoded, as Python's `urllib.parse.quote(user, safe="@+")` does: a user cannot be named like a topic, a
 * pattern or a hash tag.
 */
import type { Audience } from "./bus.ts";

const PREFIX = "inject-async:";
export const MAX_USER_CHARACTERS = 1024;
const PLAIN_USER = /^[\w.~@+-]+$/;
const TOPIC = /^[\w.-]{1,64}$/;

/** Whether a user with this id can have a stream: it has 1 to 1024 characters, all of them well-formed Unicode. */
export function isUserId(id: string): boolean {
  return id !== "" && id.length <= MAX_USER_CHARACTERS && !/\p{Surrogate}/u.test(id);
}

/** @throws {RangeError} when no key can be made of it. */
export function streamKey(audience: Audience): string {
  if (typeof audience !== "string") return `${PREFIX}topic:${topicName(audience.topic)}`;
  if (!isUserId(audience)) {
    const found = JSON.stringify(audience.slice(0, 80));
    throw new RangeError(`user: expected 1 to ${MAX_USER_CHARACTERS} well-formed characters, found ${found}`);
  }
  return PREFIX + (PLAIN_USER.test(audience) ? audience : encode(audience));
}

/** The topic whose messages say so; undefined for a user's own. */
export function topicOf(audience: Audience): string | undefined {
  return typeof audience === "string" ? undefined : audience.topic;
}

function topicName(name: string): string {
  if (TOPIC.test(name)) return name;
  throw new RangeError(`topic: expected 1 to 64 letters, digits, or ._-, found ${JSON.stringify(name.slice(0, 80))}`);
}

function encode(user: string): string {
  return encodeURIComponent(user)
    .replace(/%40|%2B/g, decodeURIComponent)
    .replace(/[!'()*]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
