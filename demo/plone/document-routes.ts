/** What there is to see of one document: its page, its images, itself. All of it read-only and permission-checked. */
import { Router } from "express";
import { chromeOf } from "./chrome.ts";
import { previewSizes } from "./content.ts";
import { Problem } from "./problem.ts";
import type { Services } from "./services.ts";
import { traverse } from "./traverse.ts";
import { documentPage } from "./views/document.ts";

export function documentRoutes(services: Services): Router {
  const { session, content } = services;
  const router = Router();

  router.get(
    "/workspace/:uid",
    session.signedIn(async (user, request, response) => {
      const chrome = await chromeOf(user, services);
      response.send(documentPage(chrome, await traverse(user, request.params["uid"], content)));
    }),
  );

  router.get(
    "/workspace/:uid/@@preview/:page-:size.webp",
    session.signedIn(async (user, request, response) => {
      const document = await traverse(user, request.params["uid"], content);
      const pages = document.state.name === "ready" ? document.state.pages : [];
      const index = pages.findIndex((_, candidate) => String(candidate + 1) === request.params["page"]);
      const size = previewSizes.find((candidate) => candidate === request.params["size"]);
      if (index < 0 || !size) throw new Problem(404, "There is no such preview.");
      const { root, name } = content.preview(document, index + 1, size);
      // A preview never changes. The cookie is part of the cache's key, or the next user of this browser could see it.
      response.set({ "Cache-Control": "private, max-age=86400, immutable", Vary: "Cookie" });
      response.sendFile(name, { root, cacheControl: false });
    }),
  );

  router.get(
    "/workspace/:uid/@@download",
    session.signedIn(async (user, request, response) => {
      const document = await traverse(user, request.params["uid"], content);
      // As an attachment of no particular type, it can never run as a page of this site.
      response.attachment(document.title).type("application/octet-stream");
      const { root, name } = content.original(document);
      response.sendFile(name, { root, cacheControl: false });
    }),
  );

  return router;
}
