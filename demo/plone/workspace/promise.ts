/**
 * A task is promised by the answer to a request, and queued after it. From before the answer it is in the outbox, so that it is
 * done although the process dies in between.
 */
import type { Response } from "express";
import type { Task } from "../../tasks/task.ts";
import { afterResponse } from "./after-response.ts";
import type { FrontendServices } from "./services.ts";

/**
 * @param tell says to browsers what has changed, before the task is queued.
 * @param queued is done afterwards.
 */
export async function promise(
  task: Task,
  response: Response,
  { outbox, queue, log }: Pick<FrontendServices, "outbox" | "queue" | "log">,
  tell: () => Promise<void>,
  queued = async () => {},
): Promise<void> {
  // On a full disk the document is there, and its task can be queued all the same.
  await outbox?.keep(task).catch((error: unknown) => log(`outbox: ${task.url} is not kept: ${String(error)}`));
  afterResponse(response, log, tell, () => queue.enqueue(task), queued);
}
