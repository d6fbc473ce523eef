/**
 * The snippets: the views whose URLs push messages and placeholders contain. They only read, and check the permission
 * of the user who fetches. The batch view renders several of them for one request (PROTOCOL.md, "Batch view").
 */
import { Router } from "express";
import { html } from "ghtml";
import type { User } from "../accounts/users.ts";
import type { Content } from "../content/content.ts";
import type { StoredDocument } from "../content/document.ts";
import { pagesSnippet, titleSnippet } from "../views/document.ts";
import type { Viewer } from "../views/layout.ts";
import { moreSnippet, rowSnippet, updatesSnippet } from "../views/listing.ts";
import { notificationsSnippet } from "../views/notifications.ts";
import { previewSnippet } from "../views/preview.ts";
import { Problem } from "../web/problem.ts";
import { find, searchOf } from "./search.ts";
import type { Services } from "./services.ts";
import { sheetOf } from "./sheet.ts";
import { traverse } from "./traverse.ts";

/** In one request to the batch view. */
const MAX_SNIPPETS_PER_BATCH = 50;
/** In one answer, unless its first snippet alone is longer. What does not fit any more is left out, and asked for alone. */
const MAX_BATCH_CHARACTERS = 1024 * 1024;
const MAX_LOGGED_URL_CHARACTERS = 200;

interface Asked {
  /** The document's in the path, where the path has one. */
  readonly uid: string | undefined;
  readonly query: Readonly<Record<string, unknown>>;
}

type Snippet = (viewer: Viewer, services: Services, asked: Asked) => Promise<string>;

const SNIPPETS: Readonly<Record<string, Snippet>> = {
  "/workspace/:uid/@@preview-snippet": async (viewer, { content }, { uid }) =>
    previewSnippet(await traverse(viewer.user, uid, content), viewer),
  "/workspace/:uid/@@pages-snippet": async (viewer, { content }, { uid }) =>
    pages(await traverse(viewer.user, uid, content), viewer, content),
  "/workspace/:uid/@@row": async (viewer, { content }, { uid }) =>
    rowSnippet(await traverse(viewer.user, uid, content), viewer),
  "/workspace/:uid/@@title": async ({ user }, { content }, { uid }) => titleSnippet(await traverse(user, uid, content)),
  "/workspace/@@updates": async (viewer, { content }, { query }) =>
    updatesSnippet(await find(viewer.user, content, searchOf(query)), viewer),
  "/workspace/@@more": async (viewer, { content }, { query }) =>
    moreSnippet(await find(viewer.user, content, searchOf(query), query["after"]), viewer),
  "/@@notifications": async ({ user, authenticator }, { notifications }) =>
    notificationsSnippet(await notifications.of(user), authenticator),
};

async function pages(document: StoredDocument, viewer: Viewer, content: Content): Promise<string> {
  return pagesSnippet(document, viewer, await sheetOf(document, undefined, content));
}

export function snippetRoutes(services: Services): Router {
  const router = Router();
  for (const [path, snippet] of Object.entries(SNIPPETS)) {
    router.get(
      path,
      services.session.signedIn(async (user, request, response) => {
        const { uid } = request.params;
        const asked = { uid: typeof uid === "string" ? uid : undefined, query: request.query };
        response.send(await snippet(viewerOf(user, services), services, asked));
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
      const templates: string[] = [];
      let characters = 0;
      for (const url of new Set(urls)) {
        const next = await template(url, user, services);
        characters += next.length;
        if (templates.length > 0 && characters > MAX_BATCH_CHARACTERS) break;
        templates.push(next);
      }
      // For scripts to read: opened as a page, it runs nothing in the site's name.
      response.setHeader("Content-Security-Policy", "sandbox");
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
    if (status === 500) {
      // Quoted: a newline in it would forge a line.
      services.log(`snippet ${JSON.stringify(url.slice(0, MAX_LOGGED_URL_CHARACTERS))}: ${String(error)}`);
    }
    return html`<template data-url="${url}" data-status="${status}"></template>`;
  }
}

async function render(url: string, user: User, services: Services): Promise<string> {
  const [path = "", ...rest] = url.split("?");
  const query = Object.fromEntries(new URLSearchParams(rest.join("?")));
  for (const [pattern, snippet] of Object.entries(SNIPPETS)) {
    const match = new RegExp(`^${pattern.replace(":uid", "(?<uid>[^/]+)")}$`).exec(path);
    if (match) return snippet(viewerOf(user, services), services, { uid: match.groups?.["uid"], query });
  }
  throw new Problem(404, "There is no such snippet.");
}

function viewerOf(user: User, { session }: Services): Viewer {
  return { user, authenticator: session.authenticator(user) };
}
