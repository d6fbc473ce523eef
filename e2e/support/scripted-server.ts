/**
 * A scripted SockJS server on a port of its own: serves what a test says, logs what it is asked, breaks on command.
 *
 * Real sockets, no mocks. Knows nothing of the browser: see fixture.ts for that side.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Page } from "@playwright/test";
import { settled } from "./fence.ts";
import { listen, stopListening, trackConnections } from "./listen.ts";
import type { PushSocket } from "./push-socket.ts";
import { PushStream, type WelcomePolicy } from "./push-stream.ts";
import type { Message } from "./replay-log.ts";
import { type LoggedRequest, RequestLog } from "./request-log.ts";
import { type Answer, Snippet } from "./snippet.ts";
import { SockJSEndpoint, type Transport } from "./sockjs-endpoint.ts";

export interface PushServerOptions {
  /** What is answered to `resume`. Default: `recover`. */
  readonly welcome?: WelcomePolicy;
  /** How many broadcast messages can be replayed. Default: 1000. */
  readonly replay?: number;
  /** Milliseconds between heartbeats. Default: 25,000, SockJS's own. */
  readonly heartbeat?: number;
  /** Over WebSocket, heartbeats are `h` frames as SockJS's protocol has them, or pings as sockjs-node sends them. */
  readonly webSocketHeartbeat?: "frame" | "ping";
  /** Answers what no test serves, e.g. the scripts of a site. Default: 404. */
  readonly otherwise?: RequestListener;
}

export class PushServer {
  readonly #http: Server;
  readonly #connections: ReadonlySet<Socket>;
  readonly #otherwise: RequestListener;
  readonly #routes = new Map<string, Snippet>();
  readonly #log = new RequestLog();
  readonly #held = new Set<LoggedRequest>();
  readonly #stream: PushStream;
  readonly #endpoint: SockJSEndpoint;
  #port = 0;

  constructor(options: PushServerOptions = {}) {
    const { welcome = "recover", replay = 1000, heartbeat = 25_000, webSocketHeartbeat = "frame" } = options;
    this.#otherwise = options.otherwise ?? ((_request, response) => response.writeHead(404).end());
    const stream = new PushStream(welcome, replay);
    this.#stream = stream;
    this.#endpoint = new SockJSEndpoint({ heartbeat, webSocketHeartbeat }, (socket) => stream.join(socket));
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#http.on("upgrade", (request, tcp, head) => {
      this.#endpoint.upgrade(this.#log.add(request).path, request, tcp, head);
    });
    this.#connections = trackConnections(this.#http);
  }

  async listen(): Promise<void> {
    this.#port = await listen(this.#http);
  }

  /** Drops every connection and frees the port. Safe to call twice. */
  close(): Promise<void> {
    return stopListening(this.#http, this.#connections);
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Serves a page. Returns its full address, for `page.goto`. */
  page(path: string, html: string): string {
    this.snippet(path, html);
    return this.url + path;
  }

  /** Serves a snippet, a page or a failure at a path, for any method and query string; replaces what was there. */
  snippet(path: string, answer: Answer): Snippet {
    const snippet = new Snippet(answer, this.#held);
    this.#routes.set(path, snippet);
    return snippet;
  }

  /** Every SockJS connection there has been, oldest first. */
  get sockets(): readonly PushSocket[] {
    return this.#endpoint.sockets;
  }

  /** The next SockJS connection that no earlier call has returned, whether it has come already or not. */
  nextSocket(): Promise<PushSocket> {
    return this.#endpoint.arrivals.next("a SockJS connection");
  }

  /** Gives the message the next position, remembers it for replay, sends it to everyone. Returns it as sent. */
  broadcast(message: Message): Message {
    return this.#stream.broadcast(message);
  }

  /** As {@link broadcast}, without a position, and to those who connect later too. Returns how to stop. */
  keepSending(message: Message): () => void {
    return this.#stream.keepSending(message);
  }

  /**
   * Settles when the page has dealt with everything sent to it so far: nothing more happens on it until the test does
   * something. Answers that the test holds back, and what waits for the page's clock, are not waited for. See fence.ts.
   *
   * @throws when that takes more than 15 seconds.
   */
  settled(page: Page): Promise<void> {
    return settled(page, this);
  }

  /** The newest position, as a page would be rendered with it. */
  get position(): string {
    return this.#stream.position;
  }

  /** Changes what is answered to `resume`. */
  welcome(policy: WelcomePolicy): void {
    this.#stream.policy = policy;
  }

  /** Keeps these transports from getting through, as a proxy in the way does; none lifts it. `/push/info` still offers all. */
  blockTransports(...transports: readonly Transport[]): void {
    this.#endpoint.blocked = transports;
  }

  /** Accepts SockJS connections from now on, but says nothing on them, not even that they are open. */
  fallSilent(): void {
    this.#endpoint.isSilent = true;
  }

  /** Speaks again, on new connections. */
  breakSilence(): void {
    this.#endpoint.isSilent = false;
  }

  /** Every HTTP request, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#log.all;
  }

  /** @param path with a query string to mean exactly that one, e.g. `/doc/1` or `/doc/1?page=2`. */
  requestsFor(path: string): readonly LoggedRequest[] {
    return this.#log.for(path);
  }

  /** The next request for the path that no earlier call has returned, whether it has come already or not. */
  nextRequest(path: string): Promise<LoggedRequest> {
    return this.#log.next(path);
  }

  /** The addresses, as sent, of the requests whose answers the test holds back. */
  get held(): readonly string[] {
    return Array.from(this.#held, ({ url }) => url);
  }

  // What a test serves comes first, so that `/push/info` can be made to answer anything.
  #answer(message: IncomingMessage, response: ServerResponse): void {
    const request = this.#log.add(message, response);
    const route = this.#routes.get(request.path);
    if (route !== undefined) {
      message.resume();
      void route.respond(request, response);
    } else if (!this.#endpoint.request(request.path, message, response)) {
      this.#otherwise(message, response);
    }
  }
}

/** Starts a push server on a free port of 127.0.0.1. The caller closes it. */
export async function startPushServer(options?: PushServerOptions): Promise<PushServer> {
  const server = new PushServer(options);
  await server.listen();
  return server;
}
