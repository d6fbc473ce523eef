/**
 * The short memory of the push server: the messages it has broadcast, by stream position.
 *
 * Knows nothing of sockets. Deliberately shares no code with the library, so that a fault there is not repeated here.
 */

/** A message as a test writes it: an object of PROTOCOL.md, or anything else to see what the library makes of it. */
export type Message = Readonly<Record<string, unknown>>;

interface Entry {
  readonly id: string;
  readonly message: Message;
}

/** The millisecond half of every position; the sequence half counts the messages. */
const EPOCH = "1732361000000";

export class ReplayLog {
  readonly #size: number;
  readonly #entries: Entry[] = [];
  #sequence = 0;
  /** The newest position that has been forgotten: what is older can no longer be bridged. */
  #forgotten = `${EPOCH}-0`;

  /** @param size how many messages are remembered. */
  constructor(size: number) {
    this.#size = size;
  }

  /** The newest position; `1732361000000-0` when nothing has been broadcast. */
  get position(): string {
    return `${EPOCH}-${this.#sequence}`;
  }

  /** Gives the message the next position as its `id` and remembers it. */
  append(message: Message): Message {
    this.#sequence += 1;
    const entry = { id: this.position, message: { ...message, id: this.position } };
    this.#entries.push(entry);
    while (this.#entries.length > this.#size) this.#forgotten = this.#entries.shift()?.id ?? this.#forgotten;
    return entry.message;
  }

  /** Everything newer than the position, or undefined for a gap: a position that is forgotten, to come, or nonsense. */
  since(position: string): readonly Message[] | undefined {
    const index = this.#entries.findIndex((entry) => entry.id === position);
    if (index < 0 && position !== this.#forgotten) return undefined;
    return this.#entries.slice(index + 1).map((entry) => entry.message);
  }
}
