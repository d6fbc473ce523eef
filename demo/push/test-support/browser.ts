/**
 * Browsers for the tests of the gateway: SockJS over WebSocket and over xhr, on real sockets, with headers that a real
 * browser would not let a script choose.
 */
import { request } from "node:http";
import type { Socket } from "node:net";
import faye, { type Client } from "faye-websocket";

export type Headers = Readonly<Record<string, string>>;

export interface Close {
  readonly code: number;
  readonly reason: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** One HTTP request, answered to its end. */
export function call(method: string, url: string, headers: Headers, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length =
      method === "POST" && !("Transfer-Encoding" in headers)
        ? { "Content-Length": String(Buffer.byteLength(body)) }
        : {};
    const outgoing = request(url, { method, headers: { ...length, ...headers }, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.on("error", reject);
    // An accepted upgrade has no end to wait for.
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: "" });
    });
    outgoing.end(body);
  });
}

/** The headers of a WebSocket's opening handshake. */
export const UPGRADE: Headers = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** A WebSocket after its opening handshake, for a browser that says and reads nothing more. */
export function openSilently(url: string, headers: Headers): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers: { ...headers, ...UPGRADE }, agent: false });
    outgoing.on("error", reject);
    outgoing.on("upgrade", (_response, socket) => resolve(socket.on("error", () => {})));
    outgoing.end();
  });
}

/** The messages, or the close, that the frames of a SockJS transport contain. */
export function decode(frame: string): { readonly messages: readonly unknown[]; readonly close?: Close } {
  if (frame.startsWith("a")) {
    const texts: readonly string[] = JSON.parse(frame.slice(1));
    return { messages: texts.map((text) => JSON.parse(text)) };
  }
  if (!frame.startsWith("c")) return { messages: [] };
  const [code, reason]: [number, string] = JSON.parse(frame.slice(1));
  return { messages: [], close: { code, reason } };
}

/** A SockJS session over WebSocket, or a raw WebSocket where the URL says so. */
export class Browser {
  /** Resolves when the socket is closed, by SockJS's own close frame or else by the WebSocket. */
  readonly closed: Promise<Close>;
  /** Resolves when the server has opened the connection. */
  readonly opened: Promise<void>;
  /** Resolves at the first SockJS heartbeat. */
  readonly heartbeat: Promise<void>;
  readonly #socket: Client;
  readonly #raw: boolean;
  readonly #messages: unknown[] = [];
  #waiting: ((message: unknown) => void) | null = null;

  constructor(url: string, headers: Headers) {
    this.#raw = url.endsWith("/push/websocket");
    this.#socket = new faye.Client(url.replace(/^http/, "ws"), [], { headers });
    this.heartbeat = this.#when((frame) => frame === "h");
    this.opened = this.#raw
      ? new Promise((resolve) => this.#socket.on("open", resolve))
      : this.#when((frame) => frame === "o");
    this.closed = new Promise((resolve) => {
      this.#socket.on("close", ({ code, reason }) => resolve({ code, reason }));
      this.#socket.on("message", ({ data }) => {
        const text = String(data);
        const { messages, close } = this.#raw ? { messages: [JSON.parse(text)] } : decode(text);
        for (const message of messages) this.#take(message);
        if (close !== undefined) resolve(close);
      });
    });
  }

  /** The next message the server sends, or has sent. Fails when the socket is closed instead. */
  next(): Promise<unknown> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    const closed = this.closed.then(({ code, reason }) => {
      throw new Error(`expected a message, found the socket closed: ${code} ${reason}`);
    });
    return Promise.race([closed, new Promise((resolve) => (this.#waiting = resolve))]);
  }

  async take(count: number): Promise<unknown[]> {
    const messages = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  resume(position: string | null): void {
    this.send(JSON.stringify({ type: "resume", position }));
  }

  /** Sends the texts in one frame. */
  send(...texts: readonly string[]): void {
    this.#socket.send(this.#raw ? texts.join() : JSON.stringify(texts));
  }

  close(): void {
    this.#socket.close();
  }

  #when(matches: (frame: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.on("message", ({ data }) => {
        if (matches(String(data))) resolve();
      });
    });
  }

  #take(message: unknown): void {
    if (this.#waiting === null) this.#messages.push(message);
    else this.#waiting(message);
    this.#waiting = null;
  }
}
