/**
 * The SockJS endpoint of the push server, `/push`, with its faults: transports that do not get through, silence.
 *
 * Knows nothing of messages and positions: what is said on a socket is decided elsewhere.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Connection, createServer as createSockJS } from "sockjs";
import { Inbox } from "./inbox.ts";
import { PushSocket } from "./push-socket.ts";

/** The transports that sockjs-client tries on its own origin, by their addresses, in its order. */
export type Transport = "websocket" | "xhr_streaming" | "eventsource" | "htmlfile" | "xhr" | "jsonp";

export interface Heartbeats {
  /** Milliseconds. */
  readonly heartbeat: number;
  readonly webSocketHeartbeat: "frame" | "ping";
}

const ENDPOINT = "/push";

/** How long a polling browser may be away before its connection counts as lost, in milliseconds; sockjs-node's is 5,000. */
const DISCONNECT_DELAY = 1_500;
const SESSION = /^\/push\/[^/]+\/([^/]+)\/([^/]+)$/;

export class SockJSEndpoint {
  /** The transports that do not get through. */
  blocked: readonly Transport[] = [];
  /** Whether new connections are accepted and left without an answer. */
  isSilent = false;
  readonly sockets: PushSocket[] = [];
  readonly arrivals = new Inbox<PushSocket>();
  readonly #sockjs = createServer(); // never listens: SockJS installs itself here and is handed what it shall see
  readonly #carriers = new Map<string, Set<Socket>>();
  readonly #heartbeats: Heartbeats;

  /** @param onSocket hears of every new connection, before the test does. */
  constructor(heartbeats: Heartbeats, onSocket: (socket: PushSocket) => void) {
    this.#heartbeats = heartbeats;
    const sockjs = createSockJS({
      log: () => {},
      heartbeat_delay: heartbeats.heartbeat,
      disconnect_delay: DISCONNECT_DELAY,
      sockjs_url: "/sockjs/sockjs.min.js", // for its iframe transports; sockjs-node's default is on the internet
    });
    sockjs.installHandlers(this.#sockjs, { prefix: ENDPOINT });
    sockjs.on("connection", (connection) => {
      const socket = this.#accept(connection);
      onSocket(socket);
      this.arrivals.put(socket);
    });
  }

  /** @returns whether the path belongs to the endpoint. */
  request(path: string, message: IncomingMessage, response: ServerResponse): boolean {
    if (path !== ENDPOINT && !path.startsWith(`${ENDPOINT}/`)) return false;
    if (this.#isBlocked(path)) response.writeHead(404).end();
    else if (this.#carry(path, message.socket)) this.#sockjs.emit("request", message, response);
    return true;
  }

  upgrade(path: string, message: IncomingMessage, tcp: Duplex, head: Buffer): void {
    if (this.#isBlocked(path)) tcp.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    else if (tcp instanceof Socket && this.#carry(path, tcp)) this.#sockjs.emit("upgrade", message, tcp, head);
  }

  #isBlocked(path: string): boolean {
    const transport = SESSION.exec(path)?.[2];
    return this.blocked.some((blocked) => blocked === transport);
  }

  /** Notes which TCP connection carries the session. False when nothing shall be said on it. */
  #carry(path: string, tcp: Socket): boolean {
    const session = SESSION.exec(path)?.[1];
    if (session === undefined) return true; // /push/info and the like
    const carriers = this.#carriers.get(session) ?? new Set();
    this.#carriers.set(session, carriers.add(tcp));
    return !this.isSilent;
  }

  #accept(connection: Connection): PushSocket {
    const session = SESSION.exec(connection.pathname)?.[1] ?? "";
    const socket = new PushSocket(connection, () => this.#carriers.get(session) ?? []);
    this.sockets.push(socket);
    void socket.closed.then(() => this.#carriers.delete(session));
    // Over WebSocket sockjs-node sends pings only, which a page cannot hear.
    if (socket.transport === "websocket" && this.#heartbeats.webSocketHeartbeat === "frame") {
      const timer = setInterval(() => socket.sendFrame("h"), this.#heartbeats.heartbeat);
      void socket.closed.then(() => clearInterval(timer));
    }
    return socket;
  }
}
