/** Starting and stopping an HTTP server, as promises. */
import type { Server } from "node:http";

/**
 * @param port 0 takes a free one.
 * @returns the server's URL with the port it got, for a browser on this machine.
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

/** How long requests under way may take to end, in milliseconds: an upload may have stalled for good. */
const LAST_REQUESTS = 5_000;

/** Answer what has been asked and accept no more. Safe to call twice. */
export function stopHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** An address to listen on is not always one to call. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
