/**
 * Checks the user's session again while sockets are open: a logout or an expiry must close a socket that was opened
 * before it. A check that fails only says that the cookie is not the user's any more, who may have a newer one;
 * after a logout that is known. Sockets with the same cookie share one timer and one question to Plone.
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

/** How the watch ends: the user has logged out, or the cookie is not the user's any more. */
export type Ending = "logged out" | "unknown";

interface Watched {
  readonly user: string;
  readonly over: (ending: Ending) => void;
}

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #groups = new Map<string | undefined, { readonly watched: Set<Watched>; timer: NodeJS.Timeout }>();
  #reachable = true;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /** Calls `over` when `cookie` is no longer `user`'s. Returns the undo. */
  watch(cookie: string | undefined, user: string, over: (ending: Ending) => void): () => void {
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

  /** Whoever has this cookie has logged out: Plone is asked at once, so that the door knows it too. */
  loggedOut(cookie: string | undefined): void {
    void this.#check(cookie, "logged out");
  }

  // With jitter: after a restart all sockets are opened at once, and would be checked at once for ever.
  #schedule(cookie: string | undefined): NodeJS.Timeout {
    return setTimeout(() => void this.#check(cookie, "unknown"), this.#options.intervalMs * (0.5 + Math.random() / 2));
  }

  async #check(cookie: string | undefined, ending: Ending): Promise<void> {
    const group = this.#groups.get(cookie);
    if (group === undefined) return;
    const user = await this.#ask(cookie);
    if (this.#groups.get(cookie) !== group) return;
    clearTimeout(group.timer);
    group.timer = this.#schedule(cookie);
    if (user === undefined) return;
    for (const entry of [...group.watched]) if (entry.user !== user) entry.over(ending);
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
