/**
 * The view `@@generate-previews` of the worker instance: converts a document, and tells everyone who may see it of each page as
 * it comes.
 *
 * A task may be delivered twice, as queues do when they lose sight of a worker: what is there stays, the messages are sent again.
 */
import { Router } from "express";
import type { StoredDocument } from "../content/document.ts";
import { isUnfinished } from "../content/state.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { Generation } from "./generation.ts";
import { persistently } from "./persistently.ts";
import type { WorkerServices } from "./services.ts";
import { traverse } from "./traverse.ts";

export function generatePreviews(services: WorkerServices): Router {
  const { session, content, publisher, log } = services;
  const router = Router();
  router.post(
    "/workspace/:uid/@@generate-previews",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireAuthenticator(user, request);
      const task = request.get("X-Task-Name");
      if (!task) throw new Problem(400, "Expected the header X-Task-Name, found none.");
      const document = await traverse(user, request.params["uid"], content);
      if (document.owner !== user.id) throw new Problem(403, "Only the owner's tasks may change a document.");

      // Whoever has asked may have given up.
      const stop = new AbortController();
      response.once("close", () => stop.abort(new Error(`${document.uid}: the task was given up`)));
      const isFirst = fieldsOf(request)["pages"] === "first";
      const took = isUnfinished(document.state) ? await generate(document, isFirst, stop.signal) : "";
      const converted = await content.get(document.uid);
      if (converted?.version !== document.version) {
        // Of a file that has been replaced there is no rest to be done: the next one has a task of its own.
        const state = converted ? "replaced" : "deleted";
        log(`${task} ${document.uid}: ${state} meanwhile`);
        response.json({ state });
        return;
      }
      const isDone = !isUnfinished(converted.state);
      if (isDone) {
        await content.passed(converted, "ended");
        await tell(converted);
      }
      const state = converted.state.name;
      log(`${task} ${document.uid}: ${state}${took}`);
      // 202: the task's rest is still to be done.
      response.status(isDone ? 200 : 202).json({ state });
    }),
  );
  return router;

  /** Redis may have lost the task with the message, and then nobody asks again: what is there is told as soon as it can be. */
  async function tell(document: StoredDocument): Promise<void> {
    try {
      await publisher.ended(document);
    } catch (error) {
      persistently(() => publisher.ended(document)).catch((worse: unknown) => log(`${document.uid}: ${worse}`));
      throw error;
    }
  }

  async function generate(document: StoredDocument, isFirst: boolean, signal: AbortSignal): Promise<string> {
    if (document.state.name === "waiting") await content.passed(document, "begun");
    const generation = new Generation(document, services);
    try {
      await generation.run(isFirst, signal);
    } catch (error) {
      // Nothing can be written where a document was, or a version of it.
      if ((await content.get(document.uid))?.version === document.version) throw error;
    }
    const { firstPageMs } = generation;
    return firstPageMs === undefined ? "" : `, first page after ${Math.round(firstPageMs)} ms`;
  }
}
