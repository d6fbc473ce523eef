/**
 * The SockJS gateway: a user's browsers on the one side, the user's stream on the bus on the other.
 *
 * It puts the parts together: the door (door/) admits requests and keeps each session to its user, sockjs-node
 * (sockjs/) speaks the transports, a subscriber for each socket reads the stream. Several gateways may share a bus.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../bus/bus.ts";
import { type CloseCode, COME_BACK, SESSION_OVER } from "./close-codes.ts";
import { Entrance } from "./door/entrance.ts";
import type { Whoami } from "./door/identity.ts";
import { SessionWatch } from "./door/session-watch.ts";
import { beat } from "./sockjs/heartbeat.ts";
import { type Connection, createSockJs } from "./sockjs/server.ts";
import { Subscriber } from "./subscriber.ts";

export interface GatewayOptions {
  readonly bus: Bus;
  readonly whoami: Whoami;
  readonly log: (line: string) => void;
  /** Default `/push`. */
  readonly prefix?: string;
  /** The longest time until an open socket is closed after the user's session has ended. Default 15 s. */
  readonly recheckMs?: number;
  /** The time between two SockJS heartbeats. Default 25 s. */
  readonly heartbeatMs?: number;
  /** The time that messages wait for the browser's `resume`. Default 2 s. */
  readonly resumeTimeoutMs?: number;
  /** The longest time between two HTTP requests of one SockJS session. Default 10 s. */
  readonly disconnectDelayMs?: number;
  /**
   * The origins of our pages, for a gateway behind a proxy that changes `Host`. Default: `http://` or `https://` and
   * the request's `Host`.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
}

export interface Gateway {
  /**
   * For Express or node:http. Use it before any middleware that reads bodies or rewrites paths. Calls `next` for a path
   * outside the prefix.
   */
  readonly middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** Handles the server's WebSocket upgrades under the prefix. Returns the undo. */
  attach(server: Server): () => void;
  /** Closes the sockets that were opened with this Cookie header with 4401 (session over): their user has logged out. */
  loggedOut(cookie: string | undefined): void;
  /** How many sockets are open, of all transports. */
  readonly connections: number;
  /**
   * Admits no more requests, closes all sockets with 4503 (come back), and resolves when they are closed. A second call
   * joins the first.
   *
   * @param options.spreadMs the time over which sockets are closed, so that not all browsers come back at once. Default 0.
   */
  close(options?: { readonly spreadMs?: number }): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  return new SockJsGateway(options);
}

type Shut = (code: CloseCode) => void;

class SockJsGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #entrance: Entrance;
  readonly #watch: SessionWatch;
  readonly #heartbeatMs: number;
  readonly #open = new Set<Shut>();
  #closing: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    const { prefix = "/push", heartbeatMs = 25_000, disconnectDelayMs = 10_000, recheckMs = 15_000 } = options;
    const { whoami, allowedOrigins, log } = options;
    this.#options = options;
    this.#heartbeatMs = heartbeatMs;
    this.#watch = new SessionWatch({ whoami, intervalMs: recheckMs, log });
    const onConnection = (connection: Connection) => this.#accept(connection);
    const handler = createSockJs({ prefix, heartbeatMs, disconnectDelayMs, log, onConnection });
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

  loggedOut(cookie: string | undefined): void {
    this.#watch.loggedOut(cookie);
  }

  close({ spreadMs = 0 }: { readonly spreadMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(spreadMs);
    return this.#closing;
  }

  async #close(spreadMs: number): Promise<void> {
    this.#entrance.close();
    await Promise.all([...this.#open].map((shut) => sleep(spreadMs * Math.random()).then(() => shut(COME_BACK))));
    await this.#entrance.empty();
  }

  #accept(connection: Connection): void {
    const { visit } = this.#entrance;
    // Without a user the socket must not get any messages.
    if (visit === undefined) {
      this.#options.log("push: expected a connection in the context of its request, found none");
      connection.close(SESSION_OVER.code, SESSION_OVER.reason);
      return;
    }
    // The request was admitted just before the gateway closed.
    if (this.#closing !== undefined) {
      connection.close(COME_BACK.code, COME_BACK.reason);
      return;
    }
    const { user, cookie, outlet, socket } = visit;
    const { bus, resumeTimeoutMs = 2000, log } = this.#options;
    const peer = {
      ready: () => outlet.ready,
      send: (text: string) => {
        outlet.count(text);
        connection.write(text);
      },
      // sockjs emits all messages of one frame in a loop, which fails when the connection is closed within it.
      close: (code: CloseCode) => void setImmediate(() => shut(code)),
    };
    const subscriber = new Subscriber({ bus, user, peer, resumeTimeoutMs, log });
    const undo = [
      () => subscriber.stop(),
      this.#watch.watch(cookie, user, (ending) => shut(ending === "logged out" ? SESSION_OVER : COME_BACK)),
      outlet.listen(() => subscriber.wake()),
      socket !== null && connection.protocol === "websocket" ? beat(socket, this.#heartbeatMs) : () => {},
      () => this.#open.delete(shut),
    ];
    const end = () => {
      for (const step of undo.splice(0)) step();
    };
    const shut: Shut = ({ code, reason }) => {
      end();
      connection.close(code, reason);
    };
    // The session stays claimed until sockjs forgets it, which may be some time after the socket was closed.
    const release = visit.hold();
    connection.on("data", (data: unknown) => subscriber.receive(data));
    connection.on("close", () => {
      end();
      release();
    });
    this.#open.add(shut);
  }
}
