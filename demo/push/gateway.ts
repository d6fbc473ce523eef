/**
 * The SockJS gateway: a user's browsers on the one side, the user's stream on the bus on the other.
 *
 * It puts the parts together: the door (door/) admits requests and keeps each session to its user, sockjs-node
 * (sockjs/) speaks the transports, each socket is a channel with its subscriptions to streams. Several gateways may share a bus.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../bus/bus.ts";
import type { Grants } from "../grants.ts";
import { Channel, type ChannelOptions } from "./channel.ts";
import { COME_BACK, SESSION_OVER, TOO_MANY_SOCKETS } from "./close-codes.ts";
import { Entrance } from "./door/entrance.ts";
import { fewer } from "./door/fewer.ts";
import type { Whoami } from "./door/identity.ts";
import { SessionWatch } from "./door/session-watch.ts";
import { type Meter, NO_METER } from "./meter.ts";
import { Heartbeats } from "./sockjs/heartbeat.ts";
import { type Connection, createSockJs } from "./sockjs/server.ts";

export interface GatewayOptions {
  readonly bus: Bus;
  readonly whoami: Whoami;
  /** Checks which topics a page may listen to. Without it, none. */
  readonly grants?: Pick<Grants, "verify"> | undefined;
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
  /** One more is closed with 4429. Default 100. */
  readonly maxSocketsPerUser?: number;
  readonly meter?: Meter;
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
  /** How many users have a socket open. */
  readonly users: number;
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

class SockJsGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #entrance: Entrance;
  readonly #watch: SessionWatch;
  readonly #shared: ChannelOptions;
  readonly #open = new Set<Channel>();
  readonly #socketsOf = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    const { prefix = "/push", heartbeatMs = 25_000, disconnectDelayMs = 10_000, recheckMs = 15_000 } = options;
    const { whoami, allowedOrigins, meter, log } = options;
    const { bus, grants, resumeTimeoutMs = 2000 } = options;
    this.#options = options;
    this.#watch = new SessionWatch({ whoami, intervalMs: recheckMs, log });
    const streams = { bus, grants, resumeTimeoutMs, log, refusalLog: fewer(log), ...(meter ? { meter } : {}) };
    const heartbeats = new Heartbeats(heartbeatMs);
    this.#shared = { ...streams, watch: this.#watch, heartbeats, onEnd: (channel) => this.#left(channel) };
    const onConnection = (connection: Connection) => this.#accept(connection);
    const handler = createSockJs({ prefix, heartbeatMs, disconnectDelayMs, log, onConnection });
    this.#entrance = new Entrance({ prefix, handler, whoami, allowedOrigins, meter, log });
  }

  get middleware(): Gateway["middleware"] {
    return this.#entrance.middleware;
  }

  get connections(): number {
    return this.#open.size;
  }

  get users(): number {
    return this.#socketsOf.size;
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
    await Promise.all(
      [...this.#open].map((channel) => sleep(spreadMs * Math.random()).then(() => channel.shut(COME_BACK))),
    );
    await this.#entrance.empty();
  }

  #accept(connection: Connection): void {
    const visit = this.#entrance.visit(connection.url);
    // Without a user the socket must not get any messages.
    if (visit === undefined) {
      this.#options.log("push: expected a connection with the URL of its request, found none");
      connection.close(SESSION_OVER.code, SESSION_OVER.reason);
      return;
    }
    // The request was admitted just before the gateway closed.
    if (this.#closing !== undefined) {
      connection.close(COME_BACK.code, COME_BACK.reason);
      return;
    }
    const { maxSocketsPerUser = 100, meter = NO_METER } = this.#options;
    const count = this.#socketsOf.get(visit.user) ?? 0;
    if (count >= maxSocketsPerUser) {
      meter.crowded();
      connection.close(TOO_MANY_SOCKETS.code, TOO_MANY_SOCKETS.reason);
      return;
    }
    this.#socketsOf.set(visit.user, count + 1);
    this.#open.add(new Channel(connection, visit, this.#shared));
  }

  #left(channel: Channel): void {
    this.#open.delete(channel);
    const left = (this.#socketsOf.get(channel.user) ?? 1) - 1;
    if (left > 0) this.#socketsOf.set(channel.user, left);
    else this.#socketsOf.delete(channel.user);
  }
}
