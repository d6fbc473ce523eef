/** A page with a target `#b`, and a server that answers with bytes as a test writes them. */
import { createServer, type ServerResponse } from "node:http";
import { test as base } from "./fixture.ts";
import { listen, stopListening, trackConnections } from "./listen.ts";
import { bodyWith, opened } from "./opened.ts";
import type { PushSocket } from "./push-socket.ts";

interface StrangeSnippets {
  /** Loads a page with the library, which tries nothing a second time, these options, and this besides the target. */
  readonly open: (options?: string, body?: string) => Promise<PushSocket>;
  /** Serves HTML as a test writes it, from another origin, which the page may read. */
  readonly serveBytes: (write: (response: ServerResponse) => void) => Promise<Bytes>;
}

interface Bytes {
  readonly url: string;
  /** Settles when somebody has read them, or has stopped reading. */
  readonly isOver: Promise<void>;
}

export const test = base.extend<StrangeSnippets>({
  open: async ({ page, push }, use) => {
    await use((options = "", body = "") =>
      opened(page, push, {
        body: `<p id="b">old</p>${body}`,
        bodyAttributes: bodyWith(`retries: 0; position: ${push.position}; ${options}`),
      }),
    );
  },
  serveBytes: async ({ push }, use) => {
    let write: (response: ServerResponse) => void = (response) => response.end();
    const server = createServer((_request, response) => {
      response.setHeader("Access-Control-Allow-Origin", push.url);
      response.setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Content-Type", "text/html");
      write(response);
    });
    const connections = trackConnections(server);
    const url = `http://127.0.0.1:${await listen(server)}`;
    await use(async (given) => {
      const isOver = new Promise<void>((resolve) => {
        write = (response) => {
          response.once("close", resolve);
          given(response);
        };
      });
      return { url, isOver };
    });
    await stopListening(server, connections);
  },
});
