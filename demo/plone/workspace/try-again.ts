/** The view `@@try-again`: a document whose conversion ended early is converted once more, if its owner wants it. */
import { Router } from "express";
import type { StoredDocument } from "../content/document.ts";
import { pagesSnippet } from "../views/document.ts";
import { previewSnippet } from "../views/preview.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { previewTask } from "./preview-task.ts";
import { promise } from "./promise.ts";
import type { FrontendServices } from "./services.ts";
import { sheetOf } from "./sheet.ts";
import { traverse } from "./traverse.ts";
import type { UnfinishedLimit } from "./unfinished.ts";

export function tryAgain(services: FrontendServices, limit: UnfinishedLimit): Router {
  const { session, content, publisher } = services;
  const router = Router();
  router.post(
    "/workspace/:uid/@@try-again",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireOwnForm(user, request);
      const document = await traverse(user, request.params["uid"], content);
      if (document.owner !== user.id)
        throw new Problem(403, "Only who has shared a document can have it converted again.");

      const authenticator = session.authenticator(user);
      // Pressed twice, or in two windows: the second time it waits already.
      const isNew = mayTryAgain(document) && (await limit.admit(user, () => putBack(document)));
      const waiting = await traverse(user, document.uid, content);
      if (isNew) {
        const task = await previewTask(waiting, content, authenticator, request.headers.cookie ?? "");
        await promise(task, response, services, () => publisher.progressed(waiting));
      }
      const isOnPage = fieldsOf(request)["place"] === "pages";
      if (!request.xhr) return response.redirect(303, isOnPage ? `/workspace/${document.uid}` : "/workspace");
      const viewer = { user, authenticator };
      if (isOnPage) response.send(pagesSnippet(waiting, viewer, await sheetOf(waiting, undefined, content)));
      else response.send(previewSnippet(waiting, viewer));
    }),
  );
  return router;

  /** @returns false when somebody else has done it meanwhile. */
  async function putBack({ uid }: StoredDocument): Promise<boolean> {
    const document = await content.get(uid);
    if (!document || !mayTryAgain(document)) return false;
    await (await content.previews(document)).waiting();
    return true;
  }
}

function mayTryAgain({ state }: StoredDocument): boolean {
  return (state.name === "stopped" || state.name === "failed") && state.again;
}
