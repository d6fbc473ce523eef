/** The workspace page, and the button that marks its notifications as read. */
import { Router } from "express";
import type { User } from "../accounts/users.ts";
import { notificationsSnippet } from "../views/notifications.ts";
import { workspacePage } from "../views/workspace.ts";
import { chromeOf } from "../web/chrome.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import type { Services } from "./services.ts";
import { visibleDocuments } from "./traverse.ts";

export function workspaceRoutes(services: Services): Router {
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

  return router;
}

/** @param uploaded the uid of the document that was just uploaded, or what else the request contains: anything. */
export async function renderWorkspace(services: Services, user: User, uploaded?: unknown): Promise<string> {
  const chrome = await chromeOf(user, services);
  const documents = await visibleDocuments(user, services.content);
  return workspacePage({
    chrome,
    documents,
    maxUploadBytes: services.maxUploadBytes,
    uploaded: documents.find(({ uid }) => uid === uploaded),
  });
}
