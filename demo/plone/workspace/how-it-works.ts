/** The view `@@how-it-works`: the trail of the user's last upload. */
import { Router } from "express";
import type { User } from "../accounts/users.ts";
import { howItWorksPage, type Trail, trailSnippet } from "../views/how-it-works.ts";
import { chromeOf } from "../web/chrome.ts";
import type { Services } from "./services.ts";

export function howItWorks(services: Services): Router {
  const { session, content, maxUploadBytes } = services;
  const router = Router();
  router.get(
    "/@@how-it-works",
    session.signedIn(async (user, _request, response) => {
      const chrome = await chromeOf(user, services);
      response.send(howItWorksPage(chrome, await trailOf(user), maxUploadBytes));
    }),
  );
  router.get(
    "/@@how-it-works/trail",
    session.signedIn(async (user, _request, response) => {
      response.send(trailSnippet(await trailOf(user)));
    }),
  );
  return router;

  async function trailOf(user: User): Promise<Trail> {
    const document = (await content.list()).find(({ owner }) => owner === user.id);
    return { document, steps: document ? await content.trail(document) : [] };
  }
}
