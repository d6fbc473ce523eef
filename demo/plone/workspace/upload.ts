/**
 * The view `@@upload`: stores a document, responds, and only then tells the other users and queues the conversion.
 */
import { rm } from "node:fs/promises";
import { type Response, Router } from "express";
import { fileReceiver } from "../web/file-field.ts";
import { fieldsOf } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { previewTask } from "./preview-task.ts";
import type { FrontendServices } from "./services.ts";
import { renderWorkspace } from "./workspace-routes.ts";

export function upload(services: FrontendServices): Router {
  const { session, content, publisher, queue, maxUploadBytes, log } = services;
  const receiveFile = fileReceiver(content.scratch, maxUploadBytes);
  const router = Router();

  router.post(
    "/workspace/@@upload",
    session.signedIn(async (user, request, response) => {
      const file = await receiveFile(request, response);
      try {
        session.requireOwnForm(user, request);
        if (!file) throw new Problem(400, "There was no file in the form. Please choose one first.");
        const document = await content.add(file.path, {
          title: file.title,
          size: file.size,
          owner: user.id,
          created: Date.now(),
          isPrivate: fieldsOf(request)["private"] !== undefined,
        });
        const task = previewTask(document, session.authenticator(user), request.headers.cookie ?? "");
        afterResponse(response, async () => {
          await publisher.uploaded(document);
          await queue.enqueue(task);
        });
        // Without JavaScript: a redirect, so that reloading the page does not upload again.
        if (!request.xhr) return response.redirect(303, `/workspace?uploaded=${document.uid}`);
        response.send(await renderWorkspace(services, user, document.uid));
      } finally {
        if (file) await rm(file.path, { force: true }); // the store has moved an accepted file away
      }
    }),
  );

  /**
   * Plone queues a task after the transaction has committed; here, after the response has been sent. So the lists in
   * the response are older than the messages, and the messages' changes replace them, not the other way round.
   */
  function afterResponse(response: Response, work: () => Promise<void>): void {
    const run = () => {
      work().catch((error: unknown) => log(`upload: ${error instanceof Error ? error.message : String(error)}`));
    };
    // "finish" never comes when the browser has gone away; and "close" may have come already.
    if (response.closed) run();
    else response.once("close", run);
  }

  return router;
}
