/**
 * Tickets that a logout has ended before they expire: an empty file for each, so that a restart, or another instance of
 * this site, knows them too.
 *
 * plone.session has no such list: there, a logout only removes the cookie from the browser, and a copy of the cookie
 * stays valid. The gateway has such a copy. It forwards the cookie that its socket was opened with, and without this
 * list would keep a logged-out user's socket open for up to two hours.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ticket } from "./ticket.ts";

export class RevokedTickets {
  readonly #folder: string;
  /** What could not be written, on a full disk, goes as long as this process. */
  readonly #unwritten = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(dataDir: string): Promise<RevokedTickets> {
    const folder = join(dataDir, "revoked-tickets");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new RevokedTickets(folder);
  }

  /** @throws when it could not be kept; this process knows it all the same. */
  async add(ticket: Ticket): Promise<void> {
    const name = nameOf(ticket);
    try {
      await writeFile(join(this.#folder, name), "", { mode: 0o600 });
    } catch (error) {
      this.#unwritten.add(name);
      throw error;
    }
    await this.#removeExpired();
  }

  has(ticket: Ticket): boolean {
    const name = nameOf(ticket);
    return this.#unwritten.has(name) || existsSync(join(this.#folder, name));
  }

  async #removeExpired(): Promise<void> {
    const now = Date.now() / 1000;
    const expired = (await readdir(this.#folder)).filter((name) => Number.parseInt(name, 10) <= now);
    for (const name of expired) await rm(join(this.#folder, name), { force: true });
  }
}

/** Until when it has to be kept, in seconds since 1970, and the hex digits of its id. */
function nameOf({ id, expires }: Ticket): string {
  return `${expires}-${id}`;
}
