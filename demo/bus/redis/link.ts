/**
 * A connection to Redis that comes back by itself, and says when it can be used. Knows nothing of streams.
 *
 * Commands are neither queued nor sent again by the client: who waits for Redis, and what may be done twice, is for the
 * caller to say.
 */
import { Redis, type RedisOptions } from "ioredis";

export interface LinkOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** The connection's name in Redis's CLIENT LIST. */
  readonly name: string;
  readonly log: (line: string) => void;
  /** The time between two signs of life; a connection without one for twice as long is given up. */
  readonly pingMs: number;
  readonly scripts?: RedisOptions["scripts"];
  /** What is to be done with each new connection before it can be used. */
  readonly prepare: (client: Redis) => Promise<void>;
}

/**
 * - `starting`: the first attempt, of which `start` tells the end.
 * - `down`: it is tried again and again.
 */
type State = "starting" | "up" | "down" | "closed";

const MIN_RETRY_DELAY_MS = 50;
const MAX_RETRY_DELAY_MS = 1000;
const CONNECT_TIMEOUT_MS = 5000;

export class Link {
  readonly #options: LinkOptions;
  readonly #client: Redis;
  readonly #pinging: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #state: State = "starting";
  #error: Error | undefined;

  constructor(options: LinkOptions) {
    const { url, name, pingMs, scripts } = options;
    this.#options = options;
    this.#client = new Redis(url, {
      lazyConnect: true,
      connectionName: name,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: 2 * pingMs,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      retryStrategy: (times) => (this.#state === "starting" ? null : retryDelay(times)),
      // After a failover this is a replica.
      reconnectOnError: ({ message }) => message.startsWith("READONLY"),
      ...(scripts === undefined ? {} : { scripts }),
    });
    this.#client.on("error", (error: Error) => {
      this.#error = error;
    });
    this.#client.on("ready", () => void this.#prepare());
    this.#client.on("close", () => this.#lost());
    this.#pinging = setInterval(() => this.#ping(), pingMs);
  }

  get isUp(): boolean {
    // The client knows of a lost connection before its event tells.
    return this.#state === "up" && this.#client.status === "ready" && this.#client.stream.writable;
  }

  /** @throws {Error} when Redis is not there, or refuses us. */
  async start(): Promise<void> {
    const ready = this.ready();
    ready.catch(() => {});
    try {
      await this.#client.connect();
      await ready;
    } catch (error) {
      this.close();
      throw new Error(`cannot use Redis: ${(this.#error ?? toError(error)).message}`);
    }
  }

  /** The client as soon as it can be used. Rejects when the link is closed. */
  ready(): Promise<Redis> {
    if (this.isUp) return Promise.resolve(this.#client);
    if (this.#state === "closed") return Promise.reject(closedError());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearInterval(this.#pinging);
    this.#client.disconnect();
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
  }

  async #prepare(): Promise<void> {
    try {
      await this.#options.prepare(this.#client);
    } catch (error) {
      // Either the connection is lost again, or Redis does not let us: then too it is tried again from the beginning.
      this.#error = toError(error);
      this.#client.stream?.destroy();
      return;
    }
    if (this.#state === "closed" || this.#client.status !== "ready") return;
    if (this.#state === "down") this.#options.log(`bus: ${this.#options.name}: Redis is back`);
    this.#state = "up";
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.#client);
  }

  #lost(): void {
    // The first attempt is the only one, also where Redis has let us connect and then refuses us.
    if (this.#state === "starting") this.close();
    if (this.#state !== "up") return;
    this.#state = "down";
    this.#options.log(`bus: ${this.#options.name}: lost Redis, will try again: ${this.#error?.message ?? "closed"}`);
    this.#error = undefined;
  }

  // Its answer is the sign of life that the socket's timeout waits for.
  #ping(): void {
    if (this.#state === "up") void this.#client.ping().catch(() => {});
  }
}

/** Whether the client has not sent the command, because it had lost the connection. */
export function isUnsent(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Stream isn't writeable");
}

interface Waiting {
  readonly resolve: (client: Redis) => void;
  readonly reject: (error: Error) => void;
}

function retryDelay(times: number): number {
  const delay = Math.min(MIN_RETRY_DELAY_MS * 2 ** Math.min(times, 10), MAX_RETRY_DELAY_MS);
  // Not all processes at once.
  return delay * (0.5 + Math.random() / 2);
}

function closedError(): Error {
  return new Error("expected an open bus, found a closed one");
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
