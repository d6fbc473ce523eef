/** An HTTP server for browsers; starting and stopping any, as promises. */
import { createServer, type RequestListener, type Server } from "node:http";

/** The time that requests under way have to end when the server stops: an upload may have stalled for good. */
const LAST_REQUESTS_TIMEOUT_MS = 5_000;

/** Node's own, which it would take from the limit for whole requests. */
const HEADERS_TIMEOUT_MS = 60_000;
/** Well above the time between two heartbeats of a socket. */
const SILENCE_TIMEOUT_MS = 2 * 60 * 1000;

/**
 * A server for uploads that take long: there is no limit for a whole request, which is five minutes by default, but one for its
 * headers, and one for the time in which nothing is sent in either direction.
 */
export function createWebServer(listener?: RequestListener, silenceTimeoutMs = SILENCE_TIMEOUT_MS): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_TIMEOUT_MS }, listener);
  return server.setTimeout(silenceTimeoutMs);
}

/**
 * @param port 0 takes a free one.
 * @returns the server's URL with its actual port, for a browser on this machine.
 * @throws the system's error, e.g. when the port is taken.
 */
export async function startHttp(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`expected a TCP address, found ${address}`);
  return `http://${reachable(host)}:${address.port}/`;
}

/** Ends the requests under way and accepts no more. Safe to call twice. */
export function stopHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_TIMEOUT_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** An address to listen on is not always an address to connect to. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
