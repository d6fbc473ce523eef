/**
 * The SockJS sessions under way: whose each one is, and where its messages go.
 *
 * A session id is chosen by the browser and travels in the URL. Over the HTTP transports whoever knows it could read the
 * messages of the user who opened it, so an id belongs to one user for as long as anything holds it: each request while
 * it lasts, and the connection from its opening to its close. Knows nothing of HTTP or of sockjs.
 */
import { Outlet } from "./outlet.ts";

export interface Claim {
  readonly outlet: Outlet;
  /** Let go. Safe to call twice. */
  release(): void;
}

export class Sessions {
  readonly #sessions = new Map<string, { readonly user: string; readonly outlet: Outlet; holders: number }>();

  /** Sessions somebody holds. */
  get size(): number {
    return this.#sessions.size;
  }

  /** @returns null when the session is someone else's. */
  claim(id: string, user: string): Claim | null {
    const session = this.#sessions.get(id) ?? { user, outlet: new Outlet(), holders: 0 };
    if (session.user !== user) return null;
    this.#sessions.set(id, session);
    session.holders += 1;

    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      session.holders -= 1;
      if (session.holders === 0) this.#sessions.delete(id);
    };
    return { outlet: session.outlet, release };
  }
}
