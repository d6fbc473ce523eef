/** What Plone's views work with. Composed in demo/server.ts, once per instance. */
import type { Bus } from "../bus/bus.ts";
import type { TaskQueue } from "../tasks/task.ts";
import type { Content } from "./content.ts";
import type { Notifications } from "./notifications.ts";
import type { Publisher } from "./publish.ts";
import type { Session } from "./session.ts";

export interface Services {
  readonly session: Session;
  readonly content: Content;
  readonly notifications: Notifications;
  readonly bus: Bus;
  readonly publisher: Publisher;
  /** Largest file that is accepted, in bytes. */
  readonly maxUpload: number;
  readonly log: (line: string) => void;
}

/** The frontend hands work on, and can tell how the rest of the system is. */
export interface FrontendServices extends Services {
  readonly queue: TaskQueue;
  /** For `@@async-status`, as JSON. */
  readonly status: () => Readonly<Record<string, unknown>>;
}
