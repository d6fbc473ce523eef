/**
 * The upload form's view: takes a file in, answers, and only then tells the others and queues the conversion.
 */
import { rm } from "node:fs/promises";
import { type Response, Router } from "express";
import { receiver } from "./file-field.ts";
import { fieldsOf } from "./form.ts";
import { previewTask } from "./generate-previews.ts";
import { Problem } from "./problem.ts";
import type { FrontendServices } from "./services.ts";
import { renderWorkspace } from "./workspace-routes.ts";

export function upload(services: FrontendServices): Router {
  const { session, content, publisher, queue, maxUpload, log } = services;
  const receive = receiver(content.scratch, maxUpload);
  const router = Router();

  router.post(
    "/workspace/@@upload",
    session.signedIn(async (user, request, response) => {
      const file = await receive(request, response);
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
        afterwards(response, async () => {
          await publisher.uploaded(document);
          await queue.enqueue(task);
        });
        // Without JavaScript: to a page that can be reloaded without uploading again.
        if (!request.xhr) return response.redirect(303, `/workspace?uploaded=${document.uid}`);
        response.send(await renderWorkspace(services, user, document.uid));
      } finally {
        if (file) await rm(file.path, { force: true }); // of what was not taken in, nothing stays
      }
    }),
  );

  /**
   * As Plone's tasks are queued after the transaction has committed, so is ours when the answer is out. The lists it contains
   * are then older than what the messages lead to, and are overtaken by them, not the other way round.
   */
  function afterwards(response: Response, work: () => Promise<void>): void {
    const run = () => {
      work().catch((error: unknown) => log(`upload: ${error instanceof Error ? error.message : String(error)}`));
    };
    // Not "finish", which never comes when the browser has gone away meanwhile; and "close" may have been already.
    if (response.closed) run();
    else response.once("close", run);
  }

  return router;
}
