/**
 * The open SockJS sessions: the user and the outlet of each.
 *
 * A session id is chosen by the browser and travels in the URL. Over the HTTP transports, anyone who knows the id could
 * read the messages of the user who opened the session. So a session belongs to one user as long as it is claimed: by
 * each of its requests until it ends, and by its connection from open to close. Knows nothing of HTTP.
 */
import { Outlet } from "../sockjs/outlet.ts";

export interface Claim {
  readonly outlet: Outlet;
  /** Safe to call twice. */
  release(): void;
}

export class Sessions {
  readonly #sessions = new Map<string, { readonly user: string; readonly outlet: Outlet; claims: number }>();

  /** How many sessions are claimed. */
  get size(): number {
    return this.#sessions.size;
  }

  /** @returns null when the session is another user's. */
  claim(id: string, user: string): Claim | null {
    const session = this.#sessions.get(id) ?? { user, outlet: new Outlet(), claims: 0 };
    if (session.user !== user) return null;
    this.#sessions.set(id, session);
    session.claims += 1;

    let isClaimed = true;
    const release = () => {
      if (!isClaimed) return;
      isClaimed = false;
      session.claims -= 1;
      if (session.claims === 0) this.#sessions.delete(id);
    };
    return { outlet: session.outlet, release };
  }
}
