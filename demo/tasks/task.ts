/**
 * What a task is: one HTTP POST, made later, as the user who asked for it. Queue and worker only know how to make it;
 * the work itself is the view's at the task's URL.
 */

export interface Task {
  /** Sent as the header `X-Task-Name`, so that the view, a proxy and the logs can tell tasks apart. */
  readonly name: string;
  /** Path on the Plone worker instance, e.g. `/workspace/4f2a/@@generate-previews`. */
  readonly url: string;
  /** Form data of the POST, with the CSRF authenticator. */
  readonly form: Readonly<Record<string, string>>;
  /** The user's Cookie header, verbatim. Never logged. */
  readonly cookie: string;
}

/** `done` and `failed` are counted since the start. */
export interface TaskCounts {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
}

export interface TaskQueue {
  /** Accepts a task. Resolves when the task is accepted, not when it is done. */
  enqueue(task: Task): Promise<void>;
  counts(): Promise<TaskCounts>;
  /** Finishes the tasks that are running and accepts no more. Safe to call twice. */
  close(): Promise<void>;
}
