/** The workspace page, what is done there, and the system's state. */
import { Router } from "express";
import { chromeOf } from "./chrome.ts";
import { fieldsOf, readForm } from "./form.ts";
import { Problem } from "./problem.ts";
import type { FrontendServices, Services } from "./services.ts";
import { documentsOf } from "./snippets.ts";
import type { User } from "./users.ts";
import { notificationsSnippet } from "./views/notifications.ts";
import { workspacePage } from "./views/workspace.ts";

export function workspaceRoutes(services: FrontendServices): Router {
  const { session, notifications, publisher } = services;
  const router = Router();

  router.get(
    "/workspace",
    session.signedIn(async (user, request, response) => {
      response.send(await renderWorkspace(services, user, request.query["uploaded"]));
    }),
  );

  router.post(
    "/@@mark-read",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireOwnForm(user, request);
      const until = Number(fieldsOf(request)["until"]);
      if (!Number.isSafeInteger(until))
        throw new Problem(400, "This form could not be read, so nothing was marked as read.");
      await notifications.markRead(user, until);
      await publisher.notificationsRead(user);
      if (!request.xhr) return response.redirect(303, "/workspace");
      response.send(notificationsSnippet(await notifications.of(user), session.authenticator(user)));
    }),
  );

  // For whoever keeps the site running, signed in or not: nothing in it tells what anyone has stored.
  router.get("/@@async-status", (_request, response) => {
    response.set("Cache-Control", "no-store").json(services.status());
  });

  return router;
}

/** @param uploaded the uid of the document that has just been taken in, or whatever came instead. */
export async function renderWorkspace(services: Services, user: User, uploaded?: unknown): Promise<string> {
  const chrome = await chromeOf(user, services);
  const documents = await documentsOf(user, services);
  return workspacePage({
    chrome,
    documents,
    maxUpload: services.maxUpload,
    uploaded: documents.find(({ uid }) => uid === uploaded),
  });
}
