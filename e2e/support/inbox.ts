/**
 * Things that arrive, in order, and tests that wait for the next one: how the support code does without sleeping.
 *
 * Knows nothing of what arrives. Nothing is missed and nothing is handed out twice: an item waits for its reader, and a
 * reader for its item.
 */

interface Reader<T> {
  readonly matches: (item: T) => boolean;
  readonly resolve: (item: T) => void;
}

/** How long a reader waits, in milliseconds, before it fails with what it expected and what it found. */
const PATIENCE = 15_000;

export class Inbox<T> {
  readonly #unread: T[] = [];
  readonly #readers = new Set<Reader<T>>();

  /** Hands the item to the first reader it matches, or keeps it. */
  put(item: T): void {
    for (const reader of this.#readers) {
      if (!reader.matches(item)) continue;
      this.#readers.delete(reader);
      reader.resolve(item);
      return;
    }
    this.#unread.push(item);
  }

  /**
   * The next unread item that matches; those that do not stay for others.
   *
   * @param expected what is waited for, in words, for the error.
   * @throws when none has come within 15 seconds.
   */
  async next(expected: string, matches: (item: T) => boolean = () => true): Promise<T> {
    const index = this.#unread.findIndex(matches);
    const [unread] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (unread !== undefined) return unread;

    let deadline: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const reader: Reader<T> = { matches, resolve };
        this.#readers.add(reader);
        deadline = setTimeout(() => {
          this.#readers.delete(reader);
          reject(new Error(`expected ${expected} within ${PATIENCE / 1000} s, found ${this.#show()}`));
        }, PATIENCE);
      });
    } finally {
      clearTimeout(deadline);
    }
  }

  /** All unread items; they count as read from now on. */
  drain(): T[] {
    return this.#unread.splice(0);
  }

  #show(): string {
    return this.#unread.length === 0 ? "nothing" : JSON.stringify(this.#unread).slice(0, 2_000);
  }
}
