/** Who is to be woken by which channel: one subscription for all listeners of a channel. Knows nothing of streams. */
import type { Redis } from "ioredis";

/** Redis answers a command of this many channels without keeping others waiting. */
const CHANNELS_PER_COMMAND = 1000;

export class WakeUps {
  readonly #channels = new Map<string, Set<{ readonly wake: () => void }>>();
  /** Those whose events are listened to: a client stays the same when it connects again. */
  readonly #clients = new WeakSet<Redis>();
  /** Called before the listeners of a channel. */
  readonly #onWake: (channel: string) => void;
  /** Null while there is no connection: the channels are subscribed to when there is one. */
  #client: Redis | null = null;

  constructor(onWake: (channel: string) => void) {
    this.#onWake = onWake;
  }

  listen(channel: string, wake: () => void): () => void {
    const registration = { wake };
    const listeners = this.#channels.get(channel) ?? new Set();
    listeners.add(registration);
    if (!this.#channels.has(channel)) {
      this.#channels.set(channel, listeners);
      if (this.#client !== null) void this.#subscribe(this.#client, [channel]).catch(() => {});
    }
    return () => {
      if (!listeners.delete(registration) || listeners.size > 0 || this.#channels.get(channel) !== listeners) return;
      this.#channels.delete(channel);
      // A lost connection has forgotten the channel too.
      void this.#client?.unsubscribe(channel).catch(() => {});
    };
  }

  /** Uses a connection that subscribes to nothing yet. Resolves when every listener will be woken again. */
  async use(client: Redis): Promise<void> {
    if (!this.#clients.has(client)) {
      this.#clients.add(client);
      client.on("message", (channel) => this.#wake(channel));
      client.on("close", () => {
        this.#client = null;
      });
    }
    this.#client = client;
    const channels = [...this.#channels.keys()];
    for (let at = 0; at < channels.length; at += CHANNELS_PER_COMMAND) {
      await this.#subscribe(client, channels.slice(at, at + CHANNELS_PER_COMMAND));
    }
  }

  clear(): void {
    this.#channels.clear();
  }

  // What was published before Redis has answered may not have woken anyone.
  async #subscribe(client: Redis, channels: readonly string[]): Promise<void> {
    await client.subscribe(...channels);
    for (const channel of channels) this.#wake(channel);
  }

  #wake(channel: string): void {
    this.#onWake(channel);
    for (const { wake } of this.#channels.get(channel) ?? []) wake();
  }
}
