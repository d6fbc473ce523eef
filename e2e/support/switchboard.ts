/**
 * One address behind which the server can be exchanged: how a restart or a failover looks to a browser.
 *
 * Knows nothing of HTTP or SockJS. For lines that are slow or dead see tcp-proxy.ts.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listen, stopListening, trackConnections } from "./listen.ts";

export class Switchboard {
  readonly #server: Server;
  readonly #clients: ReadonlySet<Socket>;
  #target: URL;
  #port = 0;

  /** @param target where connections lead, e.g. a push server's `url`. */
  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#accept(client));
    this.#clients = trackConnections(this.#server);
  }

  async listen(): Promise<void> {
    this.#port = await listen(this.#server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Leads new connections to another server. Those that are open stay. */
  leadTo(target: string): void {
    this.#target = new URL(target);
  }

  /** Cuts everything and frees the port. Safe to call twice. */
  async close(): Promise<void> {
    await stopListening(this.#server, this.#clients);
  }

  #accept(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.once("close", () => other.destroy());
    }
  }
}
