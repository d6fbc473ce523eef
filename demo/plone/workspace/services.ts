/** What the workspace's views work with. Composed once for each Plone instance, by demo/plone/site.ts. */
import type { Bus } from "../../bus/bus.ts";
import type { TaskQueue } from "../../tasks/task.ts";
import type { Content } from "../content/content.ts";
import type { Notifications } from "../content/notifications.ts";
import type { Session } from "../web/session.ts";
import type { Publisher } from "./publisher.ts";

export interface Services {
  readonly session: Session;
  readonly content: Content;
  readonly notifications: Notifications;
  readonly bus: Bus;
  readonly publisher: Publisher;
  /** Size of the largest file that is accepted. */
  readonly maxUploadBytes: number;
  readonly log: (line: string) => void;
}

/** The frontend also queues tasks. */
export interface FrontendServices extends Services {
  readonly queue: Pick<TaskQueue, "enqueue">;
}
