/**
 * The gateway's door: HTTP requests and WebSocket upgrades on the one side, sockjs on the other.
 *
 * A request that admission.ts admits claims its session, and is passed to sockjs in an asynchronous context that knows
 * its user. Knows nothing of streams and messages.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { Outlet } from "../sockjs/outlet.ts";
import { findRoute, type Route } from "../sockjs/route.ts";
import type { SockJsHandler } from "../sockjs/server.ts";
import { type AdmissionOptions, type Admitted, admit, type Refusal } from "./admission.ts";
import { Sessions } from "./sessions.ts";

/** The request for which sockjs opens a connection. */
export interface Visit extends Admitted {
  readonly outlet: Outlet;
  /** The raw socket of a WebSocket, null for the HTTP transports. */
  readonly socket: Duplex | null;
  /** Keeps the session claimed after the request has ended. Returns the undo. */
  hold(): () => void;
}

export interface EntranceOptions extends AdmissionOptions {
  readonly prefix: string;
  readonly handler: SockJsHandler;
}

/** The time that a browser has to answer a WebSocket's closing handshake. */
const CLOSING_HANDSHAKE_TIMEOUT_MS = 1000;

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #sessions = new Sessions();
  readonly #sockets = new Set<Duplex>();
  readonly #attachments = new Set<() => void>();
  // sockjs hides cookies from its connections, but opens each connection in the asynchronous context of its first
  // request, on every transport. So the context tells a connection its user.
  readonly #visits = new AsyncLocalStorage<Visit>();
  #closed = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** The request in whose context the caller runs. */
  get visit(): Visit | undefined {
    return this.#visits.getStore();
  }

  readonly middleware = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const route = findRoute(this.#options.prefix, request.url ?? "");
    if (route === undefined) next();
    else void this.#enter(request, response, route);
  };

  attach(server: Server): () => void {
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const route = findRoute(this.#options.prefix, request.url ?? "");
      // Node leaves an upgrade open that no listener answers. Another path's upgrade is for other listeners, if there
      // are any.
      if (route === undefined && server.listenerCount("upgrade") > 1) return;
      socket.on("error", () => socket.destroy());
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
    const admission = await admit(request, route, this.#options);
    // The browser went away while Plone was asked: sockjs would wait for a close event that has passed.
    if (stream.destroyed) return;
    if (this.#closed) return refuse(stream, { status: 503, reason: "restarting, come back" });
    if ("status" in admission) return refuse(stream, admission);

    const { user, route: found } = admission;
    // A request without a session in its path is a session of its own.
    const session = found.session ?? randomUUID();
    const claim = this.#sessions.claim(session, user);
    if (claim === null) return refuse(stream, { status: 403, reason: "this session belongs to someone else" });
    stream.once("close", claim.release);

    const socket = stream instanceof ServerResponse ? null : stream;
    // To sockjs each WebSocket is a connection of its own, even when two have the same session in their path.
    const outlet = socket === null ? claim.outlet : new Outlet();
    const hold = () => this.#sessions.claim(session, user)?.release ?? (() => {});
    const visit: Visit = { ...admission, outlet, socket, hold };
    if (socket !== null) this.#track(socket);
    const taken = this.#visits.run(visit, () => this.#options.handler(request, stream, head));
    if (!taken) return refuse(stream, { status: 404, reason: "no such path" });
    if (found.receives) outlet.attach(stream);
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

function refuse(stream: ServerResponse | Duplex, { status, reason }: Refusal): void {
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
