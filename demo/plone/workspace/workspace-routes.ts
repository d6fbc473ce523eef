/** The workspace page, and the button that marks its notifications as read. */
import { Router } from "express";
import { notificationsSnippet, settingsSaved } from "../views/notifications.ts";
import { workspacePage } from "../views/workspace.ts";
import { authorOf } from "../web/author.ts";
import { chromeOf } from "../web/chrome.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import { find, searchOf } from "./search.ts";
import type { Services } from "./services.ts";

export function workspaceRoutes(services: Services): Router {
  const { session, notifications, publisher, log } = services;
  const router = Router();

  router.get(
    "/workspace",
    session.signedIn(async (user, request, response) => {
      const chrome = await chromeOf(user, services);
      const found = await find(user, services.content, searchOf(request.query), request.query["after"]);
      const { maxUploadBytes } = services;
      const uploaded = found.newest.find(({ uid }) => uid === request.query["uploaded"]);
      response.send(workspacePage({ chrome, found, maxUploadBytes, uploaded }));
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
      await publisher
        .notificationsRead(user, authorOf(request))
        .catch((error: unknown) => log(`notifications: ${error}`));
      if (!request.xhr) return response.redirect(303, "/workspace");
      response.send(notificationsSnippet(await notifications.of(user), session.authenticator(user)));
    }),
  );

  router.post(
    "/@@notification-settings",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireOwnForm(user, request);
      await notifications.setQuiet(user, fieldsOf(request)["spoken"] === undefined);
      if (!request.xhr) return response.redirect(303, "/workspace");
      response.send(settingsSaved());
    }),
  );

  return router;
}
