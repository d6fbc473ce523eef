/**
 * SockJS heartbeats over WebSocket.
 *
 * sockjs-node sends the protocol's `h` frames over the HTTP transports only. Over WebSocket it sends pings, which
 * scripts in a browser cannot see: a page could not tell a quiet server from a dead one. The pings stay, they tell the
 * server of dead browsers.
 */
import type { Writable } from "node:stream";
import { textFrame } from "./frames.ts";

const HEARTBEAT = textFrame("h");
/** Sockets are shared out over so many moments of an interval: ten thousand at once would hold up all else. */
const MOMENTS = 25;

export class Heartbeats {
  readonly #intervalMs: number;
  readonly #groups = Array.from({ length: MOMENTS }, () => new Set<Writable>());
  #timer: NodeJS.Timeout | undefined;
  #size = 0;
  #moment = 0;
  #next = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /**
   * Heartbeats for this socket from now on.
   *
   * @returns what `stop` wants to be given.
   */
  start(socket: Writable): number {
    this.#timer ??= setInterval(() => this.#beat(), this.#intervalMs / MOMENTS);
    this.#size += 1;
    this.#next = (this.#next + 1) % MOMENTS;
    this.#groups[this.#next]?.add(socket);
    return this.#next;
  }

  /** To be called before the socket's closing handshake begins: no frame may follow a close frame. Safe to call twice. */
  stop(socket: Writable, group: number): void {
    if (!this.#groups[group]?.delete(socket)) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    this.#moment = (this.#moment + 1) % MOMENTS;
    for (const socket of this.#groups[this.#moment] ?? []) {
      // With a browser that does not read, only the socket's buffer would grow.
      if (!socket.writableNeedDrain) socket.write(HEARTBEAT);
    }
  }
}
