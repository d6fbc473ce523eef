/**
 * A bundle on the push server, as a site serves it: the script, and the chunks that it loads by itself from beside it.
 *
 * Knows nothing of pages.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { PushServer } from "../support/push-server.ts";
import type { Snippet } from "../support/snippet.ts";

const SCRIPT = "bundle.min.js";
const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

export class ServedBundle {
  /** Its script's address. */
  static readonly script = `/host/${SCRIPT}`;
  /** Of its script, as `integrity` attributes write it. */
  readonly integrity: string;
  readonly #script: Snippet;
  readonly #chunks: readonly Snippet[];

  constructor(push: PushServer, folder: string) {
    this.integrity = integrityOf(join(folder, SCRIPT));
    this.#script = serveFile(push, ServedBundle.script, join(folder, SCRIPT));
    this.#chunks = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name !== SCRIPT && extname(name) in TYPES)
      .map((name) => serveFile(push, `/host/${name.replaceAll("\\", "/")}`, join(folder, name)));
  }

  /** The script does not come until it is released. */
  holdScript(): void {
    this.#script.hold();
  }

  /** The script comes, but none of its chunks until they are released. */
  holdChunks(): void {
    for (const chunk of this.#chunks) chunk.hold();
  }

  release(): void {
    for (const file of [this.#script, ...this.#chunks]) file.release();
  }
}

export function integrityOf(path: string): string {
  return `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`;
}

/** Serves a file that is text. */
export function serveFile(push: PushServer, address: string, path: string): Snippet {
  const headers = { "Content-Type": `${TYPES[extname(path)]}; charset=utf-8` };
  return push.snippet(address, () => ({ headers, body: readFileSync(path, "utf8") }));
}
