/**
 * sockjs-node, set up for the gateway, with the parts of it that @types/sockjs leaves out. The only file that names it.
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

/** Takes a request, or a WebSocket upgrade with its raw socket. Returns false when the path is none of SockJS's. */
export type SockJsHandler = (request: IncomingMessage, stream: ServerResponse | Duplex, head?: Buffer) => boolean;

/** The largest message a browser may send, in bytes: far more than the protocol needs. */
export const MAX_INCOMING = 64 * 1024;

export interface SockJsOptions {
  readonly prefix: string;
  /** Milliseconds between heartbeats. */
  readonly heartbeat: number;
  /** How long a browser may take between two HTTP requests of one session, in milliseconds. */
  readonly disconnectDelay: number;
  readonly log: (line: string) => void;
  readonly onConnection: (connection: Connection) => void;
}

export function createSockJs({ prefix, heartbeat, disconnectDelay, log, onConnection }: SockJsOptions): SockJsHandler {
  const options: ServerOptions = {
    prefix,
    heartbeat_delay: heartbeat,
    disconnect_delay: disconnectDelay,
    faye_server_options: { maxLength: MAX_INCOMING },
    log: (severity, line) => {
      if (severity === "error") log(`push: sockjs: ${line}`);
    },
  };
  const server = createServer(options);
  server.on("connection", onConnection);
  return server.middleware();
}
