/**
 * SockJS heartbeats over WebSocket.
 *
 * sockjs-node sends the protocol's `h` frames over the HTTP transports only; over WebSocket it sends pings, which
 * scripts in a browser cannot see, so that a page could not tell a quiet server from a dead one. Its pings stay: they
 * tell the server about dead browsers.
 */
import type { Writable } from "node:stream";

/** A whole WebSocket text frame, as a server sends it (RFC 6455, 5.2): final, text, unmasked, one byte long, `h`. */
const FRAME = Buffer.from([0x81, 1, "h".charCodeAt(0)]);

/**
 * Send a heartbeat every `interval` milliseconds. Returns the stop, which must be called before the socket's closing
 * handshake begins: nothing may follow a close frame.
 */
export function beat(socket: Writable, interval: number): () => void {
  const timer = setInterval(() => {
    // A socket that takes nothing would only have its buffer grow.
    if (!socket.writableNeedDrain) socket.write(FRAME);
  }, interval);
  return () => clearInterval(timer);
}
