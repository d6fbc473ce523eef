/** The views of one document: its page, its preview images, its download. All of them only read and check the permission. */
import { Router } from "express";
import type { User } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { previewSizes } from "../content/preview-writer.ts";
import { documentPage } from "../views/document.ts";
import { imageVersion } from "../views/preview.ts";
import { chromeOf } from "../web/chrome.ts";
import { Problem } from "../web/problem.ts";
import type { Services } from "./services.ts";
import { sheetOf } from "./sheet.ts";
import { traverse } from "./traverse.ts";

export function documentRoutes(services: Services): Router {
  const { session, content, notifications, publisher, log } = services;
  const router = Router();

  router.get(
    "/workspace/:uid",
    session.signedIn(async (user, request, response) => {
      const document = await traverse(user, request.params["uid"], content);
      // Whoever opens it has been notified; a browser that only fetches it ahead has not. A GET that changes how the user's
      // bell looks, and nothing else, may be repeated.
      if (!request.get("Sec-Purpose")?.includes("prefetch")) await opened(user, document);
      const chrome = await chromeOf(user, services, document);
      const shown = await traverse(user, document.uid, content);
      response.send(documentPage(chrome, shown, await sheetOf(shown, request.query["page"], content)));
    }),
  );

  router.get(
    "/workspace/:uid/@@preview/:page-:size.webp",
    session.signedIn(async (user, request, response) => {
      const document = await traverse(user, request.params["uid"], content);
      const page = document.state.pages.find(({ page }) => String(page) === request.params["page"]);
      const size = previewSizes.find((candidate) => candidate === request.params["size"]);
      if (!page?.image || !size || (size === "large" && !page.image.hasLarge)) {
        throw new Problem(404, "There is no such preview.");
      }
      const { root, name } = content.preview(document, page.page, size);
      // A preview of one version never changes. The cookie is part of the cache's key: the browser's next user may not be allowed to
      // see it. A page from before a file was replaced asks for its picture by an address that is another version's.
      const isOfVersion = request.originalUrl.endsWith(`?${imageVersion(document)}`);
      response.set({
        "Cache-Control": `private, ${isOfVersion ? "max-age=31536000, immutable" : "no-cache"}`,
        Vary: "Cookie",
      });
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

  async function opened(user: User, document: StoredDocument): Promise<void> {
    const isNews = await notifications.markOpened(user, document);
    if (isNews) await publisher.notificationsRead(user).catch((error: unknown) => log(`notifications: ${error}`));
  }
}
