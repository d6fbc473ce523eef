/** Collects what the frame around a signed-in user's page shows: name, notifications, stream position. */
import type { Bus } from "../../bus/bus.ts";
import type { User } from "../accounts/users.ts";
import type { Notifications } from "../content/notifications.ts";
import type { Chrome } from "../views/layout.ts";
import { bell } from "../views/notifications.ts";
import type { Session } from "./session.ts";

export interface ChromeSources {
  readonly bus: Bus;
  readonly notifications: Notifications;
  readonly session: Session;
}

/** Call it before the page's own content is read. */
export async function chromeOf(user: User, { bus, notifications, session }: ChromeSources): Promise<Chrome> {
  // The position comes first: every message published from here on is replayed to the page, whether or not the page
  // already shows its change. Read last, it would hide a message that was published between reading and rendering.
  const position = await bus.position(user.id);
  const authenticator = session.authenticator(user);
  return { user, authenticator, position, bell: bell(await notifications.of(user), authenticator) };
}
