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
  /** Whose it is: users take turns. */
  readonly user: string;
  /**
   * The version of what it is about, for whoever is told that it is dead: a newer version has a task of its own. It does not make
   * tasks unequal.
   */
  readonly version?: number | undefined;
  /** How long it may take, as a guess, in any unit: of a user's own tasks the cheap ones come first. */
  readonly cost: number;
  /**
   * It waits until no equal task has come for so long, in milliseconds: five saves in ten seconds are converted once. But never for
   * longer than {@link MAX_QUIET_TIMES} such times. By default it waits only for its turn.
   */
  readonly quietMs?: number;
  /** Queued when the answer is 202: what the task has left to be done, when others have had their turn. */
  readonly rest?: Task;
}

/** Whoever saves without end sees a result now and then. */
export const MAX_QUIET_TIMES = 10;

/** `done` and `failed` are counted since the start. */
export interface TaskCounts {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
}

/** Where a task is kept from the answer that promises it until it is done. */
export interface Outbox {
  keep(task: Task): Promise<void>;
}

export interface TaskQueue {
  /** Accepts a task. Resolves when it is accepted, not when it is done. It replaces an equal one that has not begun. */
  enqueue(task: Task): Promise<void>;
  counts(): Promise<TaskCounts>;
  /** Finishes the tasks that are running and accepts no more. Safe to call twice. */
  close(): Promise<void>;
}
