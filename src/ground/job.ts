/** A job: one thing the page was asked to do, by a message that arrived or by a placeholder that asks for itself. */
import type { InjectMessage } from "./protocol.ts";

export interface Job {
  /** Place in the order of arrival. A job that is tried again keeps it. */
  readonly arrivalNumber: number;
  /** Absolute and allowed URL of the snippet; undefined when the message brought the snippet along. */
  readonly url: URL | undefined;
  readonly message: InjectMessage;
  /** Its name in logs. */
  readonly trace: string;
  /** When it arrived, in milliseconds of `performance.now()`. */
  readonly received: number;
  /** The elements that ask for themselves, as selectors; undefined for what a message asks. */
  readonly healing: readonly string[] | undefined;
}
