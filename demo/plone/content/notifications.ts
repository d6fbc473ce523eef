/**
 * Notifications: the documents that others have shared with a user. They are computed from the content store; only the
 * time up to which the user has read them is stored, in one small file for each user. Knows nothing of HTML or
 * messages.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { User } from "../accounts/users.ts";
import type { Content } from "./content.ts";
import { maySee, type StoredDocument } from "./document.ts";
import { readIfThere, writeWhole } from "./files.ts";

export interface Inbox {
  /** Newest first. */
  readonly unread: readonly StoredDocument[];
  /** When the newest document, read or unread, was created, in milliseconds since 1970; 0 when there is none. */
  readonly newest: number;
}

export class Notifications {
  readonly #content: Content;
  readonly #folder: string;

  private constructor(content: Content, folder: string) {
    this.#content = content;
    this.#folder = folder;
  }

  static async open(content: Content, dataDir: string): Promise<Notifications> {
    const folder = join(dataDir, "notifications");
    await mkdir(folder, { recursive: true });
    return new Notifications(content, folder);
  }

  async of(user: User): Promise<Inbox> {
    const seen = await this.#seen(user);
    const shared = (await this.#content.list()).filter(
      (document) => document.owner !== user.id && maySee(user, document),
    );
    return { unread: shared.filter(({ created }) => created > seen), newest: shared[0]?.created ?? 0 };
  }

  /** @param until in milliseconds since 1970, from the page that the user saw: newer documents stay unread. */
  async markRead(user: User, until: number): Promise<void> {
    if (until > (await this.#seen(user))) await writeWhole(this.#content.scratch, this.#file(user), String(until));
  }

  async #seen(user: User): Promise<number> {
    return Number((await readIfThere(this.#file(user))) ?? 0);
  }

  // User ids come from users.ts, not from requests, so they are safe as file names.
  #file(user: User): string {
    return join(this.#folder, user.id);
  }
}
