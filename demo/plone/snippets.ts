/**
 * The snippets: the views that push messages and placeholders name. They only read, check the permission as the user, and
 * can be had one by one or several at once, through the batch view (PROTOCOL.md, "Batch view").
 */
import { Router } from "express";
import { html } from "ghtml";
import { maySee, type StoredDocument } from "./document.ts";
import { Problem } from "./problem.ts";
import type { Services } from "./services.ts";
import { traverse } from "./traverse.ts";
import type { User } from "./users.ts";
import { notificationsSnippet } from "./views/notifications.ts";
import { preview, previewSnippet } from "./views/preview.ts";
import { updates } from "./views/workspace.ts";

/** Documents in the listing and in the stream, the newest ones. */
const SHOWN = 60;
/** Snippets that one request to the batch view may ask for. */
const MOST = 50;

/** @param uid of the document in the path, if it has one. */
type Snippet = (user: User, services: Services, uid: string | undefined) => Promise<string>;

const SNIPPETS: Readonly<Record<string, Snippet>> = {
  "/workspace/:uid/@@preview-snippet": async (user, { content }, uid) =>
    previewSnippet(await traverse(user, uid, content)),
  "/workspace/:uid/@@pages-snippet": async (user, { content }, uid) =>
    preview(await traverse(user, uid, content), "pages", { isNew: true }),
  "/workspace/@@updates": async (user, services) => updates(await documentsOf(user, services)),
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
      if (urls.length === 0 || urls.length > MOST) {
        throw new Problem(400, `Expected 1 to ${MOST} url parameters, found ${urls.length}.`);
      }
      const templates = await Promise.all(urls.map((url) => template(url, user, services)));
      response.send(`<!doctype html><title>Snippets</title><body>${templates.join("\n")}</body>`);
    }),
  );
  return router;
}

/** The documents that the user may see, the newest first. */
export async function documentsOf(user: User, { content }: Services): Promise<StoredDocument[]> {
  return (await content.list()).filter((document) => maySee(user, document)).slice(0, SHOWN);
}

/** One snippet of the batch view. What it would say by itself with another status is left out: it is asked for there. */
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
