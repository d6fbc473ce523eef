/**
 * One server for all rows: the page, the scripts, the snippets, and the socket, as SockJS and as a raw WebSocket.
 *
 * Knows nothing of rows and scenarios. A request for a snippet that has the header of Turbo's frames is answered with a
 * frame, as Turbo wants it.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import { type Connection, createServer as createSockJS } from "sockjs";
import { assets } from "../e2e/support/assets.ts";
import { listen, stopListening, trackConnections } from "../e2e/support/listen.ts";
import { isCounted } from "./message.ts";
import { batch, snippet } from "./snippets.ts";

const CONNECT_TIMEOUT_MS = 30_000;
/** jQuery, which pat-inject fetches with, appends a number to keep caches out. */
const SNIPPET = /^\/item\/(\d+)\?v=(\d+)(?:&_=\d+)?$/;

export class BenchServer {
  readonly #http: Server;
  readonly #connections: ReadonlySet<Socket>;
  #port = 0;
  #page = "";
  #requests = 0;
  #connected: (connection: Connection) => void = () => {};

  /** @param before the absolute path of another build of the library, and the one under which it is served. */
  constructor(before?: { readonly path: string; readonly file: string }) {
    const app = this.#app();
    if (before) app.get(before.path, (_request, response) => response.sendFile(before.file, { dotfiles: "allow" }));
    this.#http = createServer(app);
    this.#connections = trackConnections(this.#http);
    const sockjs = createSockJS({ log: () => {}, sockjs_url: "/sockjs/sockjs.min.js" });
    // Its paths are /push/info, /push/<server>/<session>/<transport>, and /push/websocket, which is raw.
    sockjs.installHandlers(this.#http, { prefix: "/push" });
    sockjs.on("connection", (connection) => this.#connected(connection));
  }

  async listen(): Promise<void> {
    this.#port = await listen(this.#http);
  }

  /** Safe to call twice. */
  close(): Promise<void> {
    return stopListening(this.#http, this.#connections);
  }

  /** Serves a page at {@link pageUrl}. @returns the connection that it opens; rejected when it opens none for long. */
  serve(html: string): Promise<Connection> {
    this.#page = html;
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`expected a connection within ${CONNECT_TIMEOUT_MS / 1_000} s, found none`));
      const timer = setTimeout(late, CONNECT_TIMEOUT_MS);
      this.#connected = (connection) => {
        clearTimeout(timer);
        resolve(connection);
      };
    });
  }

  get pageUrl(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** How many requests for snippets there have been. Those for a page's own two targets do not count. */
  get requests(): number {
    return this.#requests;
  }

  #app(): Express {
    const app = express();
    app.disable("etag");
    app.get("/", (_request, response) => response.type("html").send(this.#page));
    app.get("/item/:item", (request, response) => {
      const html = this.#snippet(request.url);
      this.#count(request);
      response.set("Cache-Control", "no-store").type("html");
      if (html === undefined) response.status(404).end();
      else response.send(inFrame(request, html));
    });
    app.get("/@@snippets", (request, response) => {
      const urls = new URLSearchParams(request.url.split("?")[1]).getAll("url");
      this.#requests++;
      response.set("Cache-Control", "no-store").type("html");
      response.send(batch(urls.map((url) => ({ url, html: this.#snippet(url) }))));
    });
    for (const [path, folder] of [
      ["/glue", "glue/"],
      ["/peers", "node_modules/"],
    ] as const) {
      app.use(path, express.static(fileURLToPath(new URL(folder, import.meta.url)), { index: false }));
    }
    app.use(assets());
    return app;
  }

  #snippet(url: string): string | undefined {
    const [, item, version] = SNIPPET.exec(url) ?? [];
    return item === undefined ? undefined : snippet({ item: Number(item), version: Number(version), hasPattern: true });
  }

  #count({ url = "" }: IncomingMessage): void {
    if (isCounted(Number(SNIPPET.exec(url)?.[1]))) this.#requests++;
  }
}

function inFrame({ headers }: IncomingMessage, html: string): string {
  const frame = headers["turbo-frame"];
  return frame === undefined ? html : `<turbo-frame id="${frame}">${html}</turbo-frame>`;
}
