/**
 * How many requests a connection may have under way: no browser sends a second one before the first is answered, and
 * whoever sends thousands and reads nothing would have them all answered into memory.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const MAX_REQUESTS = 4;

export class Pipelines {
  readonly #requests = new WeakMap<Socket, number>();

  /** False when there are too many: the connection is cut off. */
  admit({ socket }: IncomingMessage, response: ServerResponse): boolean {
    // What it had sent in the same packet.
    if (socket.destroyed) return false;
    const requests = (this.#requests.get(socket) ?? 0) + 1;
    if (requests > MAX_REQUESTS) {
      socket.destroy();
      return false;
    }
    this.#requests.set(socket, requests);
    response.once("close", () => this.#requests.set(socket, (this.#requests.get(socket) ?? 1) - 1));
    return true;
  }
}
