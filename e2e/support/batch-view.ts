/** A site with a batch view, and a page that is kept busy so that what is sent to it is queued. Used by the specs of batches. */
import type { Locator, Page } from "@playwright/test";
import { test as base } from "./fixture.ts";
import { bodyWith, items, opened } from "./opened.ts";
import { loadDice } from "./page-time.ts";
import type { PushServer } from "./push-server.ts";
import type { Reply } from "./snippet.ts";

interface Batch {
  /** Loads a page with one request at a time, and occupies it: what is sent from now on is queued. */
  readonly open: (options?: string) => Promise<Occupied>;
  /** The URLs of each request for the view, in order. */
  readonly asked: () => string[][];
}

interface Occupied {
  /** The one request is answered, and what is queued is asked for. */
  release(): void;
  /** Occupies the page once more, when nothing is under way. */
  again(): Promise<void>;
}

export const VIEW = "/@@snippets";

export const test = base.extend<Batch>({
  open: async ({ page, push }, use) => {
    await use(async (options = "") => {
      await loadDice(page, 0);
      const first = push.snippet("/first", "<p>first</p>");
      const bodyAttributes = bodyWith(`concurrency: 1; batch: ${VIEW}; ${options}`);
      await opened(page, push, { bodyAttributes, body: '<p id="first"></p><p id="last"></p><ul id="list"></ul>' });
      const again = async () => {
        first.hold();
        push.broadcast({ url: "/first", inject: "target: #first" });
        // The library waits a moment for other URLs to ask for together, and the fence does not see that.
        await push.nextRequest("/first");
      };
      await again();
      return { release: () => first.release(), again };
    });
  },
  asked: async ({ push }, use) => {
    await use(() => push.requestsFor(VIEW).map(({ url }) => urlsOf(url)));
  },
});

interface Part {
  readonly status?: number;
  readonly body?: string;
}

/** Serves a batch view that has this about each URL; undefined for one that it leaves out. */
export function serveView(
  push: PushServer,
  part: (url: string) => Part | undefined = (url) => ({ body: itemOf(url) }),
): void {
  push.snippet(VIEW, ({ url: request }) => {
    const templates = urlsOf(request).map((url) => {
      const { status = 200, body = "" } = part(url) ?? { status: undefined };
      const escaped = url.replaceAll("&", "&amp;");
      return part(url) ? `<template data-url="${escaped}" data-status="${status}">${body}</template>` : "";
    });
    return `<!DOCTYPE html><title>Snippets</title>${templates.join("\n")}`;
  });
}

/** Serves one snippet by itself, and says that it was: the item is bold. */
export function serveAlone(push: PushServer, url: string, answer: Reply = `<li><b>${url}</b></li>`): string {
  push.snippet(url.split("?")[0] ?? url, answer);
  return url;
}

/** What a snippet shows: its URL, as an item of the list. */
export const itemOf = (url: string) => `<li>${url.replaceAll("&", "&amp;")}</li>`;
const urlsOf = (request: string) => new URL(request, "http://localhost").searchParams.getAll("url");
/** So many URLs. */
export const docs = (count: number, prefix = "/doc/"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
/** The items of the list that were served by themselves. */
export const alone = (page: Page): Locator => items(page).locator("b");

/**
 * Sends a message for each, which appends an item to the list: order, loss and repetition show. Waits until the page has
 * them all: what comes later would be another request.
 */
export async function append(page: Page, push: PushServer, urls: readonly string[]): Promise<void> {
  for (const url of urls) push.broadcast({ url, inject: "target: #list::after" });
  await push.settled(page);
}
