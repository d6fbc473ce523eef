/**
 * A Plone site: its data and keys, opened once and shared by its instances. Each instance is an Express application
 * (app.ts) over these services; an instance in another process opens the same data folder with the same secret.
 */
import { GRANTS_PURPOSE, Grants } from "../grants.ts";
import { deriveKey } from "../secret.ts";
import { Authenticators } from "./accounts/authenticator.ts";
import { RevokedTickets } from "./accounts/revoked-tickets.ts";
import { Tickets } from "./accounts/ticket.ts";
import { Content } from "./content/content.ts";
import { Notifications } from "./content/notifications.ts";
import { Session } from "./web/session.ts";
import { Publisher } from "./workspace/publisher.ts";
import type { Services } from "./workspace/services.ts";

export interface SiteOptions extends Pick<Services, "bus" | "maxUploadBytes" | "log"> {
  readonly dataDir: string;
  readonly secret: string;
  /** The site's origin, as browsers see it: the cookie is `Secure` when it is https. Default: the host that a request names. */
  readonly siteOrigin?: string | undefined;
}

export interface Site {
  readonly content: Content;
  readonly publisher: Publisher;
  /** For a gateway in the same process. */
  readonly grants: Grants;
  /** Services for the frontend, where a logout ends the ticket. */
  readonly frontend: Services;
  /** Services for the worker instance, which accepts a ticket until it expires: its task was queued before the logout. */
  readonly worker: Services;
}

export async function openSite({ dataDir, secret, siteOrigin, bus, maxUploadBytes, log }: SiteOptions): Promise<Site> {
  const content = await Content.open(dataDir, log);
  const notifications = await Notifications.open(content, dataDir);
  const publisher = new Publisher(bus, (user) => notifications.isQuiet(user));
  const tickets = new Tickets(deriveKey(secret, "ticket"));
  const authenticators = new Authenticators(deriveKey(secret, "authenticator"));
  const grants = new Grants(deriveKey(secret, GRANTS_PURPOSE));
  const shared = { content, notifications, publisher, bus, grants, siteOrigin, maxUploadBytes, log };
  const revoked = await RevokedTickets.open(dataDir);
  const isSecure = siteOrigin?.startsWith("https:") ?? false;
  return {
    content,
    publisher,
    grants,
    frontend: { ...shared, session: new Session(tickets, authenticators, { revoked, isSecure }) },
    worker: { ...shared, session: new Session(tickets, authenticators) },
  };
}
