/** What a worker counts, for whoever wants to know. Knows nothing of how it is shown. */

/**
 * How an attempt at a task ended:
 *
 * - `done`, of which what the task has left may be a task of its own.
 * - `retried`: it has failed, and will be tried again.
 * - `failed`: it is a dead letter.
 */
export type Result = "done" | "retried" | "failed";

export interface TaskMeter {
  /** @param seconds how long the attempt took. */
  ended(name: string, result: Result, seconds: number): void;
}

export const NO_TASK_METER: TaskMeter = { ended() {} };
