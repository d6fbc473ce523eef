/**
 * The snippets: the views whose URLs push messages and placeholders contain. They only read, and check the permission
 * of the user who fetches. The batch view renders several of them for one request (PROTOCOL.md, "Batch view").
 */
import { Router } from "express";
import { html } from "ghtml";
import type { User } from "../accounts/users.ts";
import { notificationsSnippet } from "../views/notifications.ts";
import { preview, previewSnippet } from "../views/preview.ts";
import { updatesSnippet } from "../views/workspace.ts";
import { Problem } from "../web/problem.ts";
import type { Services } from "./services.ts";
import { traverse, visibleDocuments } from "./traverse.ts";

/** In one request to the batch view. */
const MAX_SNIPPETS_PER_BATCH = 50;

/** @param uid the document's in the path, where the path has one. */
type Snippet = (user: User, services: Services, uid: string | undefined) => Promise<string>;

const SNIPPETS: Readonly<Record<string, Snippet>> = {
  "/workspace/:uid/@@preview-snippet": async (user, { content }, uid) =>
    previewSnippet(await traverse(user, uid, content)),
  "/workspace/:uid/@@pages-snippet": async (user, { content }, uid) =>
    preview(await traverse(user, uid, content), "pages", { isNew: true }),
  "/workspace/@@updates": async (user, { content }) => updatesSnippet(await visibleDocuments(user, content)),
  "/@@notifications": async (user, { notifications, session }) =>
    notificationsSnippet(await notifications.of(user), session.authenticator(user)),
};

export function snippetRoutes(services: Services): Router {
  const router = Router();
  for (const [path, snippet] of Object.entries(SNIPPETS)) {
    router.get(
      path,
      services.session.signedIn(async (user, request, response) => {
        const { uid } = request.params;
        response.send(await snippet(user, services, typeof uid === "string" ? uid : undefined));
      }),
    );
  }
  router.get(
    "/@@snippets",
    services.session.signedIn(async (user, request, response) => {
      const urls = [request.query["url"] ?? []].flat().filter((url) => typeof url === "string");
      if (urls.length === 0 || urls.length > MAX_SNIPPETS_PER_BATCH) {
        throw new Problem(400, `Expected 1 to ${MAX_SNIPPETS_PER_BATCH} url parameters, found ${urls.length}.`);
      }
      const templates = await Promise.all(urls.map((url) => template(url, user, services)));
      response.send(`<!doctype html><title>Snippets</title><body>${templates.join("\n")}</body>`);
    }),
  );
  return router;
}

/** One snippet of the batch view. Of a snippet that fails only the status is told: the browser fetches it by itself then. */
async function template(url: string, user: User, services: Services): Promise<string> {
  try {
    return html`<template data-url="${url}" data-status="200">!${await render(url, user, services)}</template>`;
  } catch (error) {
    const status = error instanceof Problem ? error.status : 500;
    if (status === 500) services.log(`snippet ${url}: ${String(error)}`);
    return html`<template data-url="${url}" data-status="${status}"></template>`;
  }
}

async function render(url: string, user: User, services: Services): Promise<string> {
  const [path = ""] = url.split("?");
  for (const [pattern, snippet] of Object.entries(SNIPPETS)) {
    const match = new RegExp(`^${pattern.replace(":uid", "(?<uid>[^/]+)")}$`).exec(path);
    if (match) return snippet(user, services, match.groups?.["uid"]);
  }
  throw new Problem(404, "There is no such snippet.");
}
