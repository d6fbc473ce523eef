/**
 * Checks the user's session again while sockets are open: a logout or an expiry must close a socket that was opened
 * before it. Sockets with the same cookie share one timer and one question to Plone.
 *
 * Cookies are kept here, in memory, as long as one of their sockets is open. Knows nothing of sockets.
 */
import type { Whoami } from "./identity.ts";

export interface SessionWatchOptions {
  readonly whoami: Whoami;
  /** The longest time between two checks of one cookie. */
  readonly intervalMs: number;
  readonly log: (line: string) => void;
}

interface Watched {
  readonly user: string;
  readonly over: () => void;
}

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #groups = new Map<string | undefined, { readonly watched: Set<Watched>; timer: NodeJS.Timeout }>();
  #reachable = true;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /** Calls `over` when `cookie` is no longer `user`'s. Returns the undo. */
  watch(cookie: string | undefined, user: string, over: () => void): () => void {
    const entry = { user, over };
    const group = this.#groups.get(cookie) ?? { watched: new Set(), timer: this.#schedule(cookie) };
    group.watched.add(entry);
    this.#groups.set(cookie, group);
    return () => {
      group.watched.delete(entry);
      if (group.watched.size > 0 || this.#groups.get(cookie) !== group) return;
      clearTimeout(group.timer);
      this.#groups.delete(cookie);
    };
  }

  // With jitter: after a restart all sockets are opened at once, and would be checked at once for ever.
  #schedule(cookie: string | undefined): NodeJS.Timeout {
    return setTimeout(() => void this.#check(cookie), this.#options.intervalMs * (0.5 + Math.random() / 2));
  }

  async #check(cookie: string | undefined): Promise<void> {
    const group = this.#groups.get(cookie);
    if (group === undefined) return;
    const user = await this.#ask(cookie);
    if (this.#groups.get(cookie) !== group) return;
    group.timer = this.#schedule(cookie);
    if (user === undefined) return;
    for (const entry of [...group.watched]) if (entry.user !== user) entry.over();
  }

  /** @returns undefined when Plone cannot be asked: no socket is closed for that, and the next check may succeed. */
  async #ask(cookie: string | undefined): Promise<string | null | undefined> {
    const { whoami, log } = this.#options;
    try {
      const user = await whoami(cookie, { fresh: true });
      this.#reachable = true;
      return user;
    } catch (error) {
      if (this.#reachable) log(`push: cannot re-check sessions, will try again: ${String(error)}`);
      this.#reachable = false;
      return undefined;
    }
  }
}
