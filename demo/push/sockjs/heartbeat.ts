/**
 * SockJS heartbeats over WebSocket.
 *
 * sockjs-node sends the protocol's `h` frames over the HTTP transports only. Over WebSocket it sends pings, which
 * scripts in a browser cannot see: a page could not tell a quiet server from a dead one. The pings stay, they tell the
 * server of dead browsers.
 */
import type { Writable } from "node:stream";

/** A whole WebSocket frame from a server (RFC 6455, 5.2): final, text, unmasked, one byte long, `h`. */
const HEARTBEAT_FRAME = Buffer.from([0x81, 1, "h".charCodeAt(0)]);

/**
 * Sends heartbeats. Returns the stop, which must be called before the socket's closing handshake begins: no frame may
 * follow a close frame.
 */
export function beat(socket: Writable, intervalMs: number): () => void {
  const timer = setInterval(() => {
    // With a browser that does not read, only the socket's buffer would grow.
    if (!socket.writableNeedDrain) socket.write(HEARTBEAT_FRAME);
  }, intervalMs);
  return () => clearInterval(timer);
}
