/** A site that only knows who is who, asked by the server under test: `GET /@@whoami`. */
import { createServer } from "node:http";
import { stopListening, trackConnections } from "../support/listen.ts";

export class Whoami {
  /** User by Cookie header. */
  readonly users = new Map<string, string>();
  /** Cookies about which there is no answer, as when the site is away. */
  readonly unknowable = new Set<string>();
  readonly #server = createServer((request, response) => {
    const cookie = request.headers.cookie ?? "";
    if (!/\/@@whoami$/.test(request.url ?? "")) response.writeHead(404).end();
    else if (this.unknowable.has(cookie)) response.writeHead(502).end();
    else {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ id: this.users.get(cookie) ?? null }));
    }
  });
  readonly #connections = trackConnections(this.#server);

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
  }

  close(): Promise<void> {
    return stopListening(this.#server, this.#connections);
  }
}
