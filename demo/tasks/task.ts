/**
 * What a task is: one HTTP POST, made later, as the user who asked for it. What the work is, the view behind the URL
 * knows; queue and worker only know how to get there.
 */

export interface Task {
  /** Sent as the header `X-Task-Name`, so that the view and the logs can tell who calls. */
  readonly name: string;
  /** Path on the Plone worker instance, e.g. `/workspace/4f2a/@@generate-previews`. */
  readonly url: string;
  /** Form data of the POST, the CSRF authenticator among it. */
  readonly form: Readonly<Record<string, string>>;
  /** The user's Cookie header, verbatim. Never logged. */
  readonly cookie: string;
}

export interface TaskQueue {
  /** Accept a task. Resolves when it is accepted, not when it is done. */
  enqueue(task: Task): Promise<void>;
  /** Finish what is running and accept no more. */
  close(): Promise<void>;
}
