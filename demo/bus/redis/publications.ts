/** The messages in streams, checked. The same text for many users, as a broadcast is, is parsed once. Knows nothing of Redis. */
import { LRUCache } from "lru-cache";
import { parsePublication } from "../entry.ts";

const MAX_KEPT = 200;
/** A longer one is not kept. */
const MAX_KEPT_CHARACTERS = 2_000;

export class Publications {
  readonly #kept = new LRUCache<string, string>({ max: MAX_KEPT });

  /**
   * @returns the message as JSON, without what does not belong to the protocol.
   * @throws {ProtocolError} when it is not a message that a back end may publish.
   */
  parse(text: string): string {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const json = JSON.stringify(parsePublication(text));
    if (text.length <= MAX_KEPT_CHARACTERS) this.#kept.set(text, json);
    return json;
  }
}
