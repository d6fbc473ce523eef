/**
 * What stands before the processes of a stack, as nginx does in production: one address, and each request goes to a process
 * that is there. Knows nothing of what the requests are about, but for the path of a SockJS session.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createProxyServer } from "http-proxy-3";
import type { Pool } from "./pool.ts";

/** @returns the pool that a request is for, and its session where it has one. */
export type Routing = (path: string) => { readonly pool: Pool; readonly session?: string | undefined };

/** Asked again when nobody has answered: these change nothing. */
const IDEMPOTENT: readonly string[] = ["GET", "HEAD"];
const ATTEMPTS = 3;

/** Answers the server's requests and upgrades. */
export function proxyRequests(server: Server, routing: Routing, log: (line: string) => void): void {
  const proxy = createProxyServer({ xfwd: true });
  // A socket's errors are told here too, as well as to whom it was passed on for; unheard they would end this process.
  proxy.on("error", () => {});
  // The process closes its connection to us, not the browser's.
  proxy.on("proxyRes", (answer) => {
    delete answer.headers.connection;
  });

  server.on("request", (request, response) => void answer(request, response, 1));
  server.on("upgrade", (request, socket: Socket, head) => void upgrade(request, socket, head));

  async function answer(request: IncomingMessage, response: ServerResponse, attempt: number): Promise<void> {
    const target = await targetOf(request);
    if (target === undefined) return unavailable(response);
    proxy.web(request, response, { target }, (error) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      if (IDEMPOTENT.includes(request.method ?? "") && attempt < ATTEMPTS) {
        return void answer(request, response, attempt + 1);
      }
      log(`stack: ${request.method} was not answered: ${error.message}`);
      unavailable(response);
    });
  }

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    // The browser comes back by itself.
    socket.on("error", () => socket.destroy());
    const target = await targetOf(request);
    if (target === undefined) return void socket.destroy();
    proxy.ws(request, socket, head, { target }, () => socket.destroy());
  }

  function targetOf({ url = "/" }: IncomingMessage): Promise<string | undefined> {
    const { pool, session } = routing(url);
    return pool.next(session);
  }
}

function unavailable(response: ServerResponse): void {
  response.writeHead(503, { "Content-Type": "text/plain", "Retry-After": "1" }).end("The server is being restarted.\n");
}
