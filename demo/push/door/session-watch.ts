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
  /** The time between two checks of one cookie. */
  readonly intervalMs: number;
  readonly log: (line: string) => void;
}

/** How the watch ends: the user has logged out, or the cookie is not the user's any more. */
export type Ending = "logged out" | "unknown";

export interface Watched {
  readonly user: string;
  readonly cookie: string | undefined;
  /** The cookie is no longer the user's. */
  over(ending: Ending): void;
}

interface Group {
  /** Few: the sockets of one browser. */
  readonly watched: Watched[];
  timer: NodeJS.Timeout;
  /** What it means when the cookie is not the user's any more. */
  ending: Ending;
}

/** Timers of the same length share a list in Node, so the first check has only so many moments. */
const MOMENTS = 32;

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #groups = new Map<string | undefined, Group>();
  #reachable = true;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  watch(watched: Watched): void {
    const { cookie } = watched;
    const group = this.#groups.get(cookie);
    if (group !== undefined) group.watched.push(watched);
    else this.#groups.set(cookie, { watched: [watched], timer: this.#scheduleFirst(cookie), ending: "unknown" });
  }

  /** Safe to call twice. */
  unwatch(watched: Watched): void {
    const group = this.#groups.get(watched.cookie);
    const at = group?.watched.indexOf(watched) ?? -1;
    if (group === undefined || at < 0) return;
    group.watched.splice(at, 1);
    if (group.watched.length > 0) return;
    clearTimeout(group.timer);
    this.#groups.delete(watched.cookie);
  }

  /** Whoever has this cookie has logged out: Plone is asked at once, so that the door knows it too. */
  loggedOut(cookie: string | undefined): void {
    const group = this.#groups.get(cookie);
    // A question that is under way may be answered first.
    if (group !== undefined) group.ending = "logged out";
    void this.#check(cookie);
  }

  // After a restart all sockets are opened at once, and would be checked at once for ever.
  #scheduleFirst(cookie: string | undefined): NodeJS.Timeout {
    return this.#schedule(cookie, Math.ceil((this.#options.intervalMs * Math.ceil(Math.random() * MOMENTS)) / MOMENTS));
  }

  #schedule(cookie: string | undefined, length: number): NodeJS.Timeout {
    return setTimeout(() => void this.#check(cookie), length);
  }

  async #check(cookie: string | undefined): Promise<void> {
    const group = this.#groups.get(cookie);
    if (group === undefined) return;
    const user = await this.#ask(cookie);
    if (this.#groups.get(cookie) !== group) return;
    clearTimeout(group.timer);
    group.timer = this.#schedule(cookie, this.#options.intervalMs);
    if (user === undefined) return;
    for (const watched of [...group.watched]) if (watched.user !== user) watched.over(group.ending);
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
