/** What the workspace's views work with. Composed once for each Plone instance, by demo/plone/site.ts. */
import type { Bus } from "../../bus/bus.ts";
import type { Converter } from "../../docconv/converter.ts";
import type { Grants } from "../../grants.ts";
import type { Outbox, TaskQueue } from "../../tasks/task.ts";
import type { Content } from "../content/content.ts";
import type { Notifications } from "../content/notifications.ts";
import type { Session } from "../web/session.ts";
import type { Publisher } from "./publisher.ts";

export interface Services {
  readonly session: Session;
  readonly content: Content;
  readonly notifications: Notifications;
  readonly bus: Bus;
  /** Signs the topics that a page may listen to. */
  readonly grants: Grants;
  readonly publisher: Publisher;
  /** The site's origin, as browsers see it; undefined when it is the host that a request names. */
  readonly siteOrigin: string | undefined;
  /** Size of the largest file that is accepted. */
  readonly maxUploadBytes: number;
  readonly log: (line: string) => void;
}

/** The worker instance also converts. */
export interface WorkerServices extends Services {
  readonly converter: Pick<Converter, "convert">;
}

/** The frontend also queues tasks. */
export interface FrontendServices extends Services {
  readonly queue: Pick<TaskQueue, "enqueue">;
  /** Without it a task is lost with the process that is about to queue it. */
  readonly outbox?: Outbox | undefined;
}
