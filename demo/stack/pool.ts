/** The processes that do the same: who is there, and whose turn it is. Knows nothing of HTTP. */
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";

/** The time that a request waits for one to come back. */
const PATIENCE_MS = 15_000;

export class Pool {
  /** By whoever runs it, where it is. */
  readonly #urls = new Map<number, string>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #turn = 0;

  set(member: number, url: string | undefined): void {
    if (url === undefined) this.#urls.delete(member);
    else this.#urls.set(member, url);
    this.#changes.emit("change");
  }

  get size(): number {
    return this.#urls.size;
  }

  /**
   * One that is there, or the first to come back. Undefined when none does for long.
   *
   * @param session the same one for each request of a session, while it is there. Without it they take turns.
   */
  async next(session?: string): Promise<string | undefined> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (this.size === 0) {
      try {
        await once(this.#changes, "change", { signal });
      } catch {
        return undefined;
      }
    }
    const urls = [...this.#urls.values()];
    if (session === undefined) return urls[this.#turn++ % urls.length];
    // Rendezvous hashing: when one goes, only its own sessions go elsewhere.
    return urls.sort((a, b) => weight(session, a).compare(weight(session, b))).at(-1);
  }

  /** Resolves when so many are there. */
  async full(count: number): Promise<void> {
    while (this.size < count) await once(this.#changes, "change");
  }
}

function weight(session: string, url: string): Buffer {
  return createHash("sha256").update(`${session} ${url}`).digest();
}
