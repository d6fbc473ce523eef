/**
 * The view `@@upload`: stores a document, responds, and only then tells the other users and queues the conversion.
 */
import { rm } from "node:fs/promises";
import { Router } from "express";
import { uploadAnswer } from "../views/uploads.ts";
import { authorOf } from "../web/author.ts";
import { fileReceiver } from "../web/file-field.ts";
import { fieldsOf } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { previewTask } from "./preview-task.ts";
import { promise } from "./promise.ts";
import type { FrontendServices } from "./services.ts";
import type { UnfinishedLimit } from "./unfinished.ts";

export function upload(services: FrontendServices, limit: UnfinishedLimit): Router {
  const { session, content, publisher, maxUploadBytes } = services;
  const receiveFile = fileReceiver(content.scratch, maxUploadBytes);
  const router = Router();

  router.post(
    "/workspace/@@upload",
    session.signedIn(async (user, request, response) => {
      const received = Date.now();
      const file = await receiveFile(request, response);
      try {
        session.requireOwnForm(user, request);
        if (!file) throw new Problem(400, "There was no file in the form. Please choose one first.");
        const meta = {
          title: file.title,
          size: file.size,
          owner: user.id,
          created: Date.now(),
          isPrivate: fieldsOf(request)["private"] !== undefined,
        };
        const document = await limit.admit(user, () => content.add(file.path, meta));
        await content.passed(document, "received", received);
        await content.passed(document, "stored");
        const authenticator = session.authenticator(user);
        const task = await previewTask(document, content, authenticator, request.headers.cookie ?? "");
        const by = authorOf(request);
        const tell = async () => {
          await content.passed(document, "answered");
          await publisher.uploaded(document, by);
          await content.passed(document, "told");
          await publisher.passed(document);
        };
        await promise(task, response, services, tell, () => content.passed(document, "queued"));
        // Without JavaScript: a redirect, so that reloading the page does not upload again.
        if (!request.xhr) return response.redirect(303, `/workspace?uploaded=${document.uid}`);
        const isLive = fieldsOf(request)["live"] !== undefined;
        response.send(uploadAnswer(document, { user, authenticator }, task.cost, isLive));
      } finally {
        if (file) await rm(file.path, { force: true }); // the store has moved an accepted file away
      }
    }),
  );

  return router;
}
