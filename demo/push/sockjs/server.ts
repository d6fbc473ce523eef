/**
 * sockjs-node, configured for the gateway, with the types that @types/sockjs leaves out. The only file that imports
 * sockjs.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Connection, createServer, type ServerOptions } from "sockjs";

declare module "sockjs" {
  interface ServerOptions {
    /** Options of faye-websocket. */
    faye_server_options?: { readonly maxLength: number };
  }
  interface Server {
    middleware(): SockJsHandler;
  }
  interface Connection {
    close(code: number, reason: string): boolean;
  }
}

export type { Connection };

/** Handles a request, or a WebSocket upgrade with its raw socket. Returns false when the path is not one of SockJS's. */
export type SockJsHandler = (request: IncomingMessage, stream: ServerResponse | Duplex, head?: Buffer) => boolean;

/** The largest message that a browser may send: far more than the protocol needs. */
export const MAX_INCOMING_BYTES = 64 * 1024;

export interface SockJsOptions {
  readonly prefix: string;
  /** The time between two heartbeats. */
  readonly heartbeatMs: number;
  /** The longest time between two HTTP requests of one session. */
  readonly disconnectDelayMs: number;
  readonly log: (line: string) => void;
  readonly onConnection: (connection: Connection) => void;
}

export function createSockJs(options: SockJsOptions): SockJsHandler {
  const { prefix, heartbeatMs, disconnectDelayMs, log, onConnection } = options;
  const settings: ServerOptions = {
    prefix,
    heartbeat_delay: heartbeatMs,
    disconnect_delay: disconnectDelayMs,
    faye_server_options: { maxLength: MAX_INCOMING_BYTES },
    log: (severity, line) => {
      if (severity === "error") log(`push: sockjs: ${line}`);
    },
  };
  const server = createServer(settings);
  server.on("connection", onConnection);
  return server.middleware();
}
