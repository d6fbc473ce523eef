/**
 * A TCP proxy that does to a connection what networks do: cuts, stalls, delays, throttles.
 *
 * Knows nothing of HTTP or SockJS; the browser loads its page through it and cannot tell.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listen, stopListening, trackConnections } from "./listen.ts";
import { type Conditions, Pipe } from "./pipe.ts";

export interface TcpProxyOptions {
  /** Where connections go, e.g. a push server's `url`. */
  readonly target: string;
}

export interface TcpProxyCounters {
  /** Connections accepted so far. */
  readonly accepted: number;
  readonly open: number;
  /** Connections that `cut` has ended. */
  readonly cut: number;
  /** Bytes delivered towards the target and towards the browser. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export class TcpProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #clients: ReadonlySet<Socket>;
  readonly #pipes = new Set<Pipe>();
  readonly #conditions: Conditions = { isStalled: false, delay: 0, bytesPerSecond: Number.POSITIVE_INFINITY };
  readonly #count = { accepted: 0, cut: 0, bytesUp: 0, bytesDown: 0 };
  #port = 0;

  constructor({ target }: TcpProxyOptions) {
    this.#target = new URL(target);
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.#clients = trackConnections(this.#server);
  }

  async listen(): Promise<void> {
    this.#port = await listen(this.#server);
  }

  /** Cuts everything and frees the port. Safe to call twice. */
  async close(): Promise<void> {
    await stopListening(this.#server, this.#clients);
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get counters(): TcpProxyCounters {
    return { ...this.#count, open: this.#clients.size };
  }

  /** Ends every connection at once, on both sides. New ones are accepted. */
  cut(): void {
    this.#count.cut += this.#clients.size;
    for (const client of this.#clients) client.destroy();
  }

  /** Half-open: connections are accepted and stay, but nothing is forwarded, not even an end. */
  stall(): void {
    this.#conditions.isStalled = true;
  }

  /** Forwards again, what has piled up first. */
  resume(): void {
    this.#conditions.isStalled = false;
    this.#flow();
  }

  /** Each byte arrives this many milliseconds later, in either direction; 0 for at once. */
  delay(milliseconds: number): void {
    this.#conditions.delay = milliseconds;
    this.#flow();
  }

  /** At most so many bytes per second, connection and direction; Infinity for no limit. */
  throttle(bytesPerSecond: number): void {
    this.#conditions.bytesPerSecond = bytesPerSecond;
    this.#flow();
  }

  #flow(): void {
    for (const pipe of this.#pipes) pipe.flow();
  }

  #accept(client: Socket): void {
    this.#count.accepted += 1;
    const upstream = connect({ host: this.#target.hostname, port: Number(this.#target.port), allowHalfOpen: true });
    const up = new Pipe(client, upstream, this.#conditions, (bytes) => {
      this.#count.bytesUp += bytes;
    });
    const down = new Pipe(upstream, client, this.#conditions, (bytes) => {
      this.#count.bytesDown += bytes;
    });
    this.#pipes.add(up).add(down);
    client.once("close", () => {
      upstream.destroy();
      for (const pipe of [up, down]) {
        pipe.stop();
        this.#pipes.delete(pipe);
      }
    });
  }
}

/** Starts a proxy on a free port of 127.0.0.1. The caller closes it. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = new TcpProxy(options);
  await proxy.listen();
  return proxy;
}
