/** Collects what the frame around a signed-in user's page shows: name, notifications, stream positions. */
import type { Bus } from "../../bus/bus.ts";
import type { Grants } from "../../grants.ts";
import type { User } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import type { Notifications } from "../content/notifications.ts";
import type { Chrome } from "../views/layout.ts";
import { bell } from "../views/notifications.ts";
import type { Session } from "./session.ts";
import { grantsOf, topicsFor, topicsOf } from "./topics.ts";

export interface ChromeSources {
  readonly bus: Bus;
  readonly grants: Grants;
  readonly notifications: Notifications;
  readonly session: Session;
  readonly log: (line: string) => void;
}

/**
 * Call it before the page's own content is read.
 *
 * @param document the one whose own page it is.
 */
export async function chromeOf(user: User, sources: ChromeSources, document?: StoredDocument): Promise<Chrome> {
  const { bus, grants, notifications, session, log } = sources;
  const named = topicsFor(document);
  // Positions come first: every message published from here on is replayed to the page, whether or not the page
  // already shows its change. Read last, they would hide a message that was published between reading and rendering.
  // Without them the page works too: its browser begins with what is published after it has connected.
  const [position, topics] = await Promise.all([bus.position(user.id), topicsOf(user, named, bus, grants)]).catch(
    (error: unknown) => {
      log(`a page without a position: ${error instanceof Error ? error.message : String(error)}`);
      return [undefined, grantsOf(user, named, grants)] as const;
    },
  );
  const authenticator = session.authenticator(user);
  return { user, authenticator, position, topics, bell: bell(await notifications.of(user), authenticator) };
}
