/** Starting and stopping an HTTP server, as promises. */
import type { Server } from "node:http";

/** The time that requests under way have to end when the server stops: an upload may have stalled for good. */
const LAST_REQUESTS_TIMEOUT_MS = 5_000;

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
