/**
 * Notifications: the documents that others have shared with a user. They are computed from the content store; only what
 * the user has read is stored, in one small file for each user. Knows nothing of HTML or messages.
 */
import { join } from "node:path";
import type { User } from "../accounts/users.ts";
import type { Content } from "./content.ts";
import { isUid, maySee, type StoredDocument } from "./document.ts";
import { ensureFolder, readIfThere, writeWhole } from "./files.ts";
import { isRecord } from "./parsing.ts";

export interface Inbox {
  /** Newest first. */
  readonly unread: readonly StoredDocument[];
  /** When the newest document, read or unread, was created, in milliseconds since 1970; 0 when there is none. */
  readonly newest: number;
  /** Whether the user wants to be spared hearing of new ones. */
  readonly isQuiet: boolean;
}

interface Read {
  /** All that were created until then, in milliseconds since 1970. */
  readonly until: number;
  /** And these, which have been opened. */
  readonly uids: readonly string[];
  readonly isQuiet: boolean;
}

/** More than anybody opens before marking all as read: the oldest are forgotten. */
const MAX_OPENED = 500;

export class Notifications {
  readonly #content: Content;
  readonly #folder: string;
  /** What is read is written before it is read again. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(content: Content, folder: string) {
    this.#content = content;
    this.#folder = folder;
  }

  static async open(content: Content, dataDir: string): Promise<Notifications> {
    const folder = join(dataDir, "notifications");
    await ensureFolder(folder);
    return new Notifications(content, folder);
  }

  async of(user: User): Promise<Inbox> {
    const { until, uids, isQuiet } = await this.#read(user);
    const shared = (await this.#content.list()).filter(
      (document) => document.owner !== user.id && maySee(user, document),
    );
    const opened = new Set(uids);
    const unread = shared.filter(({ created, uid }) => created > until && !opened.has(uid));
    return { unread, newest: shared[0]?.created ?? 0, isQuiet };
  }

  async isQuiet(user: User): Promise<boolean> {
    return (await this.#read(user)).isQuiet;
  }

  /** @param until in milliseconds since 1970, from the page that the user saw: newer documents stay unread. */
  markRead(user: User, until: number): Promise<boolean> {
    return this.#change(user, (read) => (until > read.until ? { ...read, until, uids: [] } : read));
  }

  /** @returns false when it was read already. */
  markOpened(user: User, { uid, owner, created }: StoredDocument): Promise<boolean> {
    return this.#change(user, (read) => {
      const isRead = owner === user.id || created <= read.until || read.uids.includes(uid);
      return isRead ? read : { ...read, uids: [...read.uids, uid].slice(-MAX_OPENED) };
    });
  }

  setQuiet(user: User, isQuiet: boolean): Promise<boolean> {
    return this.#change(user, (read) => (read.isQuiet === isQuiet ? read : { ...read, isQuiet }));
  }

  /** @returns whether there was something to be changed. */
  #change(user: User, change: (read: Read) => Read): Promise<boolean> {
    const next = this.#last.then(async () => {
      const read = await this.#read(user);
      const changed = change(read);
      if (changed === read) return false;
      await writeWhole(this.#content.scratch, this.#file(user), JSON.stringify(changed));
      return true;
    });
    this.#last = next.catch(() => {});
    return next;
  }

  async #read(user: User): Promise<Read> {
    return parseRead((await readIfThere(this.#file(user))) ?? "0");
  }

  // User ids come from users.ts, not from requests, so they are safe as file names.
  #file(user: User): string {
    return join(this.#folder, user.id);
  }
}

/** A number alone is all that was stored once. */
function parseRead(text: string): Read {
  const value: unknown = JSON.parse(text);
  const { until, uids, isQuiet } = isRecord(value) ? value : { until: value, uids: [], isQuiet: false };
  return {
    until: typeof until === "number" ? until : 0,
    uids: Array.isArray(uids) ? uids.filter(isUid) : [],
    isQuiet: isQuiet === true,
  };
}
