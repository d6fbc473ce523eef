/** The views `@@rename` and `@@delete`: for a document's owner. Everybody's open pages are told. */
import { type Request, type Response, Router } from "express";
import type { User } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { removedRows, rowSnippet } from "../views/listing.ts";
import { authorOf } from "../web/author.ts";
import { titleOf } from "../web/file-name.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { afterResponse } from "./after-response.ts";
import type { FrontendServices } from "./services.ts";
import { traverse } from "./traverse.ts";

export function manage({ session, content, publisher, log }: FrontendServices): Router {
  const router = Router();

  router.post(
    "/workspace/:uid/@@rename",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      const document = await own(user, request);
      const { title } = fieldsOf(request);
      if (typeof title !== "string" || title.trim() === "") throw new Problem(400, "A document needs a title.");
      const renamed = await content.rename(document, titleOf(title));
      if (!renamed) throw new Problem(404, "This document has been deleted meanwhile.");
      const by = authorOf(request);
      afterResponse(response, log, () => publisher.renamed(renamed, by));
      answer(request, response, () => rowSnippet(renamed, { user, authenticator: session.authenticator(user) }));
    }),
  );

  router.post(
    "/workspace/:uid/@@delete",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      const document = await own(user, request);
      // Of two who delete it at once both find it gone, and one of them tells.
      const isFirst = await content.remove(document);
      const by = authorOf(request);
      if (isFirst) afterResponse(response, log, () => publisher.removed(document, by));
      answer(request, response, () => removedRows(document.uid));
    }),
  );

  return router;

  async function own(user: User, request: Request): Promise<StoredDocument> {
    session.requireOwnForm(user, request);
    const document = await traverse(user, request.params["uid"], content);
    if (document.owner !== user.id) throw new Problem(403, "Only who has shared a document can change it.");
    return document;
  }
}

/** Without JavaScript: a redirect, so that reloading the page does not do it again. */
function answer(request: Request, response: Response, snippet: () => string): void {
  if (request.xhr) response.send(snippet());
  else response.redirect(303, "/workspace");
}
