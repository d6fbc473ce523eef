/** Listening on a free port of this machine only, and stopping without waiting for anyone. */
import type { Server, Socket } from "node:net";

/** @returns the port the system chose. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`expected a TCP address, found ${address}`);
  return address.port;
}

/** Destroys the connections, upgraded ones included, and settles when the port is free. Safe to call twice. */
export async function stopListening(server: Server, connections: Iterable<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const connection of connections) connection.destroy();
  await closed;
}

/** The server's open connections, from now on. */
export function trackConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return open;
}
