/**
 * Asks again, while sockets are open, whether their sessions still are: a logout or an expiry must end a socket that was
 * opened before it. Sockets that came with the same cookie share one timer and one question.
 *
 * Cookies are held here, in memory, for as long as a socket of theirs is open. Knows nothing of sockets.
 */
import type { Whoami } from "./identity.ts";

export interface SessionWatchOptions {
  readonly whoami: Whoami;
  /** Longest time between two questions about one session, in milliseconds. */
  readonly every: number;
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

  /** Call `over` once when `cookie` turns out to be `user`'s no longer. Returns the undo. */
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

  // Jittered: sockets that were all opened by one restart would otherwise all ask Plone at the same moment, for ever.
  #schedule(cookie: string | undefined): NodeJS.Timeout {
    return setTimeout(() => void this.#check(cookie), this.#options.every * (0.5 + Math.random() / 2));
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

  /** @returns undefined when Plone cannot be asked: no reason to end anything, it is asked again later. */
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
