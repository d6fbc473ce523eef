/** Collects what the frame around a signed-in user's page shows. */
import type { Services } from "./services.ts";
import type { User } from "./users.ts";
import type { Chrome } from "./views/layout.ts";
import { bell } from "./views/notifications.ts";

/** To be called before the page's own content is read: see `position`. */
export async function chromeOf(user: User, { bus, notifications, session }: Services): Promise<Chrome> {
  // First of all: what is published from here on is replayed to the page, whether or not the page already shows it. The other
  // way round, a message between reading and rendering would be lost.
  const position = await bus.position(user.id);
  const authenticator = session.authenticator(user);
  return { user, authenticator, position, bell: bell(await notifications.of(user), authenticator) };
}
