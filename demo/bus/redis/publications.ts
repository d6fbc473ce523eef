/** The messages in streams, parsed. The same text for many users, as a broadcast is, is parsed once. Knows nothing of Redis. */
import { LRUCache } from "lru-cache";
import type { Publication } from "../../protocol.ts";
import { parsePublication } from "../entry.ts";

export interface Parsed {
  readonly message: Publication;
  /** As JSON, without what does not belong to the protocol. */
  readonly json: string;
}

const MAX_KEPT = 200;
/** A longer one is not kept. */
const MAX_KEPT_CHARACTERS = 2_000;

export class Publications {
  readonly #kept = new LRUCache<string, Parsed>({ max: MAX_KEPT });

  /** @throws {ProtocolError} when it is not a message that a back end may publish. */
  parse(text: string): Parsed {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const message = parsePublication(text);
    const parsed = { message, json: JSON.stringify(message) };
    if (text.length <= MAX_KEPT_CHARACTERS) this.#kept.set(text, parsed);
    return parsed;
  }
}
