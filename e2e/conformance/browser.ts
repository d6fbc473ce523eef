/**
 * A browser of the suite: sockjs-client in Node, behind a proxy of its own that adds what a browser adds to every request of
 * every transport, the user's cookie and the page's origin.
 */
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createProxyServer } from "http-proxy-3";
import SockJS from "sockjs-client";
import { Inbox } from "../support/inbox.ts";
import { listen, stopListening, trackConnections } from "../support/listen.ts";

export const TRANSPORTS = ["websocket", "xhr-streaming", "eventsource", "xhr-polling"] as const;
export type Transport = (typeof TRANSPORTS)[number];

type Json = Readonly<Record<string, unknown>>;

/** One user's browser. Its cookie may change, as a site changes it. */
export class Browser {
  cookie: string;
  readonly #endpoint: URL;
  readonly #origin: string;
  readonly #sockets: Socket[] = [];
  readonly #proxy: ReturnType<typeof createProxyServer>;
  readonly #server = createServer(async (request, response) => {
    this.#dress(request);
    const body = await buffer(request);
    // A browser says how long its bodies are, and sockjs-client in Node does not.
    delete request.headers["transfer-encoding"];
    if (request.method === "POST") request.headers["content-length"] = `${body.length}`;
    this.#proxy.web(request, response, { buffer: Readable.from([body]) });
  });
  readonly #connections = trackConnections(this.#server);
  #url = "";

  constructor(endpoint: URL, origin: string, cookie: string) {
    this.#endpoint = endpoint;
    this.#origin = origin;
    this.cookie = cookie;
    this.#proxy = createProxyServer({ target: endpoint.origin, ws: true, changeOrigin: true });
    // A connection that is cut is what some tests are about.
    this.#proxy.on("error", (_error, _request, response) => {
      if ("destroy" in response) response.destroy();
    });
    this.#server.on("upgrade", (request, socket, head) => {
      this.#dress(request);
      this.#proxy.ws(request, socket, head);
    });
  }

  async start(): Promise<void> {
    this.#url = `http://127.0.0.1:${await listen(this.#server)}${this.#endpoint.pathname}`;
  }

  /** A page that connects, and says nothing by itself. */
  open(transport: Transport = "websocket"): Socket {
    const socket = new Socket(this.#url, transport);
    this.#sockets.push(socket);
    return socket;
  }

  /** A page that has connected and resumed, and the answer. */
  async resumed(position: string | null, transport?: Transport): Promise<{ socket: Socket; welcome: Json }> {
    const socket = this.open(transport);
    await socket.opened;
    socket.resume(position);
    return { socket, welcome: await socket.next() };
  }

  /** Cuts all its connections without a word. */
  cut(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await stopListening(this.#server, this.#connections);
  }

  #dress(request: IncomingMessage): void {
    request.headers.origin = this.#origin;
    request.headers.cookie = this.cookie;
  }
}

/** How long the end of a connection is waited for, in milliseconds. */
const PATIENCE = 15_000;

export class Socket {
  readonly opened: Promise<void>;
  /** The code with which the connection has ended, however long it lasts. */
  readonly closed: Promise<number>;
  readonly heartbeat: Promise<void>;
  readonly #socket: WebSocket;
  readonly #messages = new Inbox<string>();

  constructor(url: string, transport: Transport) {
    // By itself sockjs-client gives up an attempt after a small multiple of the round trip.
    const socket: WebSocket = new SockJS(url, null, { transports: [transport], timeout: 10_000 });
    this.#socket = socket;
    const event = (type: string) => new Promise<Event>((resolve) => socket.addEventListener(type, resolve));
    this.closed = event("close").then((closed) => ("code" in closed ? Number(closed.code) : Number.NaN));
    this.opened = Promise.race([
      event("open").then(() => {}),
      this.closed.then((code) => {
        throw new Error(`expected a connection over ${transport}, found it closed with ${code}`);
      }),
    ]);
    // Who only waits for the end does not care.
    this.opened.catch(() => {});
    // sockjs-client takes the padding of a streaming transport for one.
    this.heartbeat = this.opened.then(() => event("heartbeat")).then(() => {});
    this.heartbeat.catch(() => {});
    socket.addEventListener("message", ({ data }) => this.#messages.put(data));
  }

  resume(position: unknown): void {
    this.send(JSON.stringify({ type: "resume", position }));
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The next message; a shorthand is read as what it stands for. */
  async next(): Promise<Json> {
    const message: unknown = JSON.parse(await this.#messages.next("a message of the server"));
    if (typeof message === "string") return { type: "inject", url: message };
    if (typeof message !== "object" || message === null) throw new Error(`expected a message, found ${message}`);
    return { type: "inject", ...message };
  }

  async take(count: number): Promise<Json[]> {
    const messages: Json[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  /** The code with which the connection ends. */
  async end(): Promise<number> {
    const late = new AbortController();
    const tooLate = sleep(PATIENCE, undefined, { signal: late.signal }).then(() => {
      throw new Error(`expected the end of the connection within ${PATIENCE / 1000} s, found it open`);
    });
    tooLate.catch(() => {});
    try {
      return await Promise.race([this.closed, tooLate]);
    } finally {
      late.abort();
    }
  }

  /** What has come and was not asked for. */
  drain(): string[] {
    return this.#messages.drain();
  }

  close(): void {
    this.#socket.close();
  }
}

/** The status with which one request is answered: 101 for an upgrade. The answer's body is not waited for. */
export function status(
  method: string,
  url: string,
  headers: Readonly<Record<string, string | undefined>>,
  body?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
    const outgoing = httpRequest(url, { method, headers: Object.fromEntries(given), agent: false });
    const answered = ({ statusCode = 0 }: IncomingMessage) => {
      resolve(statusCode);
      outgoing.destroy();
    };
    outgoing.on("response", answered).on("upgrade", answered).on("error", reject);
    outgoing.end(body);
  });
}

export const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};
