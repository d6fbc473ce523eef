/**
 * Plone queues a task after the transaction has committed; here, after the response has been sent. So what the response shows
 * is older than the messages, and the messages' changes replace it, not the other way round.
 */
import type { Response } from "express";
import { persistently } from "./persistently.ts";

/**
 * One after the other. What fails is logged and tried again for a while, and the next is done all the same: open pages would not
 * learn of it otherwise. So each may be done twice.
 */
export function afterResponse(
  response: Response,
  log: (line: string) => void,
  ...works: readonly (() => Promise<void>)[]
): void {
  const tell = (error: unknown) => log(`after a response: ${error instanceof Error ? error.message : String(error)}`);
  const run = async () => {
    for (const work of works) {
      await work().catch((error: unknown) => {
        tell(error);
        persistently(work).catch(tell);
      });
    }
  };
  // "finish" never comes when the browser has gone away; and "close" may have come already.
  if (response.closed) void run();
  else response.once("close", () => void run());
}
