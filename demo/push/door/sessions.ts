/**
 * The open SockJS sessions: the user and the outlet of each.
 *
 * A session id is chosen by the browser and travels in the URL. Over the HTTP transports, anyone who knows the id could
 * read the messages of the user who opened the session. So a session belongs to one user as long as it is claimed: by
 * each of its requests until it ends, and by its connection from open to close. Knows nothing of HTTP.
 */
import { Outlet } from "../sockjs/outlet.ts";

export class Claim {
  readonly #sessions: Sessions;
  /** Undefined when it has been released. */
  #session: Session | undefined;

  /** Made by `Sessions` alone. */
  constructor(sessions: Sessions, session: Session) {
    this.#sessions = sessions;
    this.#session = session;
    session.claims += 1;
  }

  /** The session's, of a claim that has not been released. */
  get outlet(): Outlet {
    const session = this.#session;
    if (session === undefined) throw new Error("outlet: expected a claim, found a released one");
    session.outlet ??= new Outlet();
    return session.outlet;
  }

  /** Safe to call twice. */
  release(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.claims -= 1;
    if (session.claims === 0) this.#sessions.forget(session);
  }
}

interface Session {
  readonly id: string;
  readonly user: string;
  /** A WebSocket has one of its own. */
  outlet: Outlet | undefined;
  claims: number;
}

export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** How many sessions are claimed. */
  get size(): number {
    return this.#sessions.size;
  }

  /** @returns null when the session is another user's. */
  claim(id: string, user: string): Claim | null {
    const session = this.#sessions.get(id) ?? { id, user, outlet: undefined, claims: 0 };
    if (session.user !== user) return null;
    this.#sessions.set(id, session);
    return new Claim(this, session);
  }

  /** Nobody claims it any more. */
  forget({ id }: Session): void {
    this.#sessions.delete(id);
  }
}
