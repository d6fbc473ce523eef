/**
 * The view `@@replace`: another file takes the place of a document's own. Whoever saves often does it again and again: the file is
 * converted when nobody has for a while, and only the last one.
 */
import { rm } from "node:fs/promises";
import { Router } from "express";
import { isUnfinished } from "../content/state.ts";
import { fileReceiver } from "../web/file-field.ts";
import { Problem } from "../web/problem.ts";
import { previewTask, QUIET_MS } from "./preview-task.ts";
import { promise } from "./promise.ts";
import type { FrontendServices } from "./services.ts";
import { traverse } from "./traverse.ts";
import type { UnfinishedLimit } from "./unfinished.ts";

export function replace(services: FrontendServices, limit: UnfinishedLimit): Router {
  const { session, content, publisher, maxUploadBytes } = services;
  const receiveFile = fileReceiver(content.scratch, maxUploadBytes);
  const router = Router();

  router.post(
    "/workspace/:uid/@@replace",
    session.signedIn(async (user, request, response) => {
      const received = Date.now();
      const before = await traverse(user, request.params["uid"], content);
      if (before.owner !== user.id) throw new Problem(403, "Only who has shared a document can replace its file.");
      const file = await receiveFile(request, response);
      try {
        session.requireOwnForm(user, request);
        if (!file) throw new Problem(400, "There was no file in the form. Please choose one first.");
        const store = () => content.replace(before, file.path, file);
        // One that waits for its previews already is counted.
        const document = await (isUnfinished(before.state) ? store() : limit.admit(user, store));
        if (!document) throw new Problem(404, "This document has been deleted meanwhile.");
        await content.passed(document, "received", received);
        await content.passed(document, "stored");
        const cookie = request.headers.cookie ?? "";
        const task = await previewTask(document, content, session.authenticator(user), cookie, QUIET_MS);
        const tell = async () => {
          await content.passed(document, "answered");
          await publisher.renamed(document);
          await publisher.progressed(document);
          await content.passed(document, "told");
          await publisher.passed(document);
        };
        await promise(task, response, services, tell, () => content.passed(document, "queued"));
        response.redirect(303, `/workspace/${document.uid}`);
      } finally {
        if (file) await rm(file.path, { force: true }); // the store has moved an accepted file away
      }
    }),
  );

  return router;
}
