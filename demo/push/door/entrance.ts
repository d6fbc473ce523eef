/**
 * The gateway's door: HTTP requests and WebSocket upgrades on the one side, sockjs on the other.
 *
 * A request that admission.ts admits claims its session, and is passed to sockjs in a way that its connection finds its
 * user. Knows nothing of streams and messages.
 */
import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import { Duplex } from "node:stream";
import { type Meter, NO_METER } from "../meter.ts";
import { guardFragments } from "../sockjs/fragments.ts";
import { Outlet } from "../sockjs/outlet.ts";
import { findRoute, type Route } from "../sockjs/route.ts";
import type { SockJsHandler } from "../sockjs/server.ts";
import { type AdmissionOptions, admit, type Refusal } from "./admission.ts";
import { fewer } from "./fewer.ts";
import { Pipelines } from "./pipelines.ts";
import { type Claim, Sessions } from "./sessions.ts";

/** The request for which sockjs opens a connection. */
export interface Visit {
  readonly user: string;
  readonly cookie: string | undefined;
  readonly outlet: Outlet;
  /** The raw socket of a WebSocket, null for the HTTP transports. */
  readonly socket: Duplex | null;
  /** Keeps the session claimed after the request has ended, where its connection does not end with it. */
  hold(): Claim | null;
}

export interface EntranceOptions extends AdmissionOptions {
  readonly prefix: string;
  readonly handler: SockJsHandler;
  readonly meter?: Meter | undefined;
}

const RESTARTING: Refusal = { why: "restarting", status: 503, reason: "restarting, come back" };
const FOREIGN_SESSION: Refusal = {
  why: "foreign session",
  status: 403,
  reason: "this session belongs to someone else",
};
const NO_SUCH_PATH: Refusal = { why: "path", status: 404, reason: "no such path" };
/** The time that a browser has to answer a WebSocket's closing handshake. */
const CLOSING_HANDSHAKE_TIMEOUT_MS = 1000;

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #admission: AdmissionOptions;
  readonly #meter: Meter;
  readonly #sessions = new Sessions();
  readonly #pipelines = new Pipelines();
  readonly #sockets = new Set<Duplex>();
  readonly #attachments = new Set<() => void>();
  // sockjs hides cookies from its connections, but shows each the URL of the request that it was opened with, on every
  // transport. So a number in the URL, which only we can have put there, tells a connection its user.
  readonly #visits = new Map<string, Visit>();
  #lastVisit = 0;
  #closed = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.#meter = options.meter ?? NO_METER;
    // Anybody can make it write a line.
    this.#admission = { ...options, log: fewer(options.log) };
  }

  /** The request for which sockjs has opened a connection with this URL. Each visit is consumed once. */
  visit(url: string): Visit | undefined {
    const visit = this.#visits.get(url);
    this.#visits.delete(url);
    return visit;
  }

  readonly middleware = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const route = findRoute(this.#options.prefix, request.url ?? "");
    if (route === undefined) next();
    else if (this.#pipelines.admit(request, response)) void this.#enter(request, response, route);
  };

  attach(server: Server): () => void {
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const route = findRoute(this.#options.prefix, request.url ?? "");
      // Node leaves an upgrade open that no listener answers. Another path's upgrade is for other listeners, if there
      // are any.
      if (route === undefined && server.listenerCount("upgrade") > 1) return;
      socket.on("error", destroy);
      void this.#enter(request, socket, route ?? null, head);
    };
    server.on("upgrade", upgrade);
    const undo = () => {
      server.off("upgrade", upgrade);
      this.#attachments.delete(undo);
    };
    this.#attachments.add(undo);
    return undo;
  }

  /** Admits no more requests. */
  close(): void {
    this.#closed = true;
    for (const undo of [...this.#attachments]) undo();
  }

  /** Resolves when all WebSockets are closed; one whose browser does not answer the closing handshake is cut off. */
  async empty(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSING_HANDSHAKE_TIMEOUT_MS);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  async #enter(request: IncomingMessage, stream: ServerResponse | Duplex, route: Route | null, head?: Buffer) {
    const admission = await admit(request, route, this.#admission);
    // The browser went away while Plone was asked: sockjs would wait for a close event that has passed.
    if (stream.destroyed) return;
    if (this.#closed) return this.#refuse(stream, RESTARTING);
    if ("status" in admission) return this.#refuse(stream, admission);

    const { user, cookie, route: found } = admission;
    // A request without a session in its path is a session of its own.
    const session = found.session ?? randomUUID();
    const claim = this.#sessions.claim(session, user);
    if (claim === null) return this.#refuse(stream, FOREIGN_SESSION);
    const socket = stream instanceof ServerResponse ? null : stream;
    // To sockjs each WebSocket is a connection of its own, even when two have the same session in their path.
    const outlet = socket === null ? claim.outlet : new Outlet();
    // With a letter: sockjs parses the query, and an object whose key is a large number is a large array.
    const url = `${request.url?.split("?", 1)[0]}?v${++this.#lastVisit}`;
    if (socket !== null) this.#sockets.add(socket);
    stream.once("close", () => {
      claim.release();
      this.#visits.delete(url);
      if (stream instanceof Duplex) this.#sockets.delete(stream);
    });
    if (found.receives) {
      request.url = url;
      // The connection of a WebSocket ends with its request.
      const hold = () => (socket === null ? this.#sessions.claim(session, user) : null);
      this.#visits.set(url, { user, cookie, outlet, socket, hold });
    }
    const taken = this.#options.handler(request, stream, head);
    if (!taken) return this.#refuse(stream, NO_SUCH_PATH);
    if (socket !== null) guardFragments(socket, head);
    if (found.receives) outlet.attach(stream);
  }

  #refuse(stream: ServerResponse | Duplex, { why, status, reason }: Refusal): void {
    this.#meter.refused(why);
    answer(stream, status, reason);
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}

function answer(stream: ServerResponse | Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };
  if (stream instanceof ServerResponse) {
    stream.writeHead(status, headers).end(body);
    return;
  }
  const lines = Object.entries({ ...headers, Connection: "close", "Content-Length": Buffer.byteLength(body) });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => stream.destroy());
}
