/**
 * The SockJS gateway: a user's browsers on the one side, the user's stream on the bus on the other.
 *
 * It puts the parts together. entrance.ts lets requests in and keeps each session to its user, sockjs.ts speaks SockJS,
 * subscriber.ts reads the stream, session-watch.ts ends what Plone says is over. Several gateways may share a bus.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../bus/bus.ts";
import { type CloseCode, COME_BACK, SESSION_OVER } from "./close-codes.ts";
import { Entrance } from "./entrance.ts";
import { beat } from "./heartbeat.ts";
import type { Whoami } from "./identity.ts";
import { SessionWatch } from "./session-watch.ts";
import { type Connection, createSockJs } from "./sockjs.ts";
import { Subscriber } from "./subscriber.ts";

export interface GatewayOptions {
  readonly bus: Bus;
  readonly whoami: Whoami;
  readonly log: (line: string) => void;
  /** Default `/push`. */
  readonly prefix?: string;
  /** Longest time until an open socket whose session is over is closed, in milliseconds. Default 15 s. */
  readonly recheck?: number;
  /** Milliseconds between SockJS heartbeats. Default 25 s. */
  readonly heartbeat?: number;
  /** How long messages wait for a browser's `resume`, in milliseconds. Default 2 s. */
  readonly patience?: number;
  /** How long a browser may take between two HTTP requests of one session, in milliseconds. Default 10 s. */
  readonly disconnectDelay?: number;
  /** The origins of our pages, where a proxy changes `Host`. Default: `http://` or `https://` and the request's `Host`. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

export interface Gateway {
  /**
   * For Express, or plain node:http. Belongs before anything that reads bodies or rewrites paths. Calls `next` for what is
   * outside the prefix.
   */
  readonly middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** Take the server's WebSocket upgrades under the prefix. Returns the undo. */
  attach(server: Server): () => void;
  /** How many sockets are open, over all transports. */
  readonly connections: number;
  /**
   * Let nobody in any more, tell all sockets to come back (4503), and resolve when they are closed. A second call joins
   * the first.
   *
   * @param options.within spreads this over so many milliseconds, so that not all come back at once. Default 0.
   */
  close(options?: { readonly within?: number }): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  return new SockJsGateway(options);
}

type Shut = (code: CloseCode) => void;

class SockJsGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #entrance: Entrance;
  readonly #watch: SessionWatch;
  readonly #heartbeat: number;
  readonly #open = new Set<Shut>();
  #closing: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    const { prefix = "/push", heartbeat = 25_000, disconnectDelay = 10_000, recheck = 15_000 } = options;
    const { whoami, allowedOrigins, log } = options;
    this.#options = options;
    this.#heartbeat = heartbeat;
    this.#watch = new SessionWatch({ whoami, every: recheck, log });
    const onConnection = (connection: Connection) => this.#accept(connection);
    const handler = createSockJs({ prefix, heartbeat, disconnectDelay, log, onConnection });
    this.#entrance = new Entrance({ prefix, handler, whoami, allowedOrigins, log });
  }

  get middleware(): Gateway["middleware"] {
    return this.#entrance.middleware;
  }

  get connections(): number {
    return this.#open.size;
  }

  attach(server: Server): () => void {
    return this.#entrance.attach(server);
  }

  close({ within = 0 }: { readonly within?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(within);
    return this.#closing;
  }

  async #close(within: number): Promise<void> {
    this.#entrance.close();
    await Promise.all([...this.#open].map((shut) => sleep(within * Math.random()).then(() => shut(COME_BACK))));
    await this.#entrance.empty();
  }

  #accept(connection: Connection): void {
    const { visit } = this.#entrance;
    // Not known whose it is: it must not get anyone's messages.
    if (visit === undefined) {
      this.#options.log("push: expected a connection in the context of its request, found none");
      connection.close(SESSION_OVER.code, SESSION_OVER.reason);
      return;
    }
    // Let in a moment before the gateway closed.
    if (this.#closing !== undefined) {
      connection.close(COME_BACK.code, COME_BACK.reason);
      return;
    }
    const { user, cookie, outlet, socket } = visit;
    const { bus, patience = 2000, log } = this.#options;
    const peer = {
      ready: () => outlet.ready,
      send: (text: string) => {
        outlet.count(text);
        connection.write(text);
      },
      // sockjs hands out all messages of one frame in a loop that does not survive a close in the middle.
      close: (code: CloseCode) => void setImmediate(() => shut(code)),
    };
    const subscriber = new Subscriber({ bus, user, peer, patience, log });
    const undo = [
      () => subscriber.stop(),
      this.#watch.watch(cookie, user, () => shut(SESSION_OVER)),
      outlet.listen(() => subscriber.wake()),
      socket !== null && connection.protocol === "websocket" ? beat(socket, this.#heartbeat) : () => {},
      () => this.#open.delete(shut),
    ];
    const end = () => {
      for (const step of undo.splice(0)) step();
    };
    const shut: Shut = ({ code, reason }) => {
      end();
      connection.close(code, reason);
    };
    // The session stays its user's until sockjs forgets it, which may be some time after it was closed.
    const release = visit.hold();
    connection.on("data", (data: unknown) => subscriber.receive(data));
    connection.on("close", () => {
      end();
      release();
    });
    this.#open.add(shut);
  }
}
