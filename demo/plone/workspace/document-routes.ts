/** The views of one document: its page, its preview images, its download. All of them only read and check the permission. */
import { Router } from "express";
import { previewSizes } from "../content/content.ts";
import { documentPage } from "../views/document.ts";
import { chromeOf } from "../web/chrome.ts";
import { Problem } from "../web/problem.ts";
import type { Services } from "./services.ts";
import { traverse } from "./traverse.ts";

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
      // A preview never changes. The cookie is part of the cache's key: the browser's next user may not be allowed to
      // see it.
      response.set({ "Cache-Control": "private, max-age=86400, immutable", Vary: "Cookie" });
      response.sendFile(name, { root, cacheControl: false });
    }),
  );

  router.get(
    "/workspace/:uid/@@download",
    session.signedIn(async (user, request, response) => {
      const document = await traverse(user, request.params["uid"], content);
      // A browser never opens an attachment of unknown type as a page of this site.
      response.attachment(document.title).type("application/octet-stream");
      const { root, name } = content.original(document);
      response.sendFile(name, { root, cacheControl: false });
    }),
  );

  return router;
}
