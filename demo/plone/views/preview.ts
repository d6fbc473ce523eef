/**
 * The preview of a document in each of its places, in each of its states. The ids are the targets of push messages.
 */
import { html } from "ghtml";
import type { PreviewSize } from "../content.ts";
import type { PreviewPage, StoredDocument } from "../document.ts";
import { RESOURCES } from "../resources.ts";
import { icons } from "./icons.ts";

/** The listing, the activity stream, and the document's own page. */
export type Place = "listing" | "stream" | "pages";

interface Options {
  /** Just delivered: it fades in. */
  readonly isNew?: boolean;
  /** Far down the page: its image is loaded when it comes near. */
  readonly isFar?: boolean;
}

const LAYOUT = {
  listing: { size: "small", pages: 1, view: "@@preview-snippet" },
  stream: { size: "normal", pages: 1, view: "@@preview-snippet" },
  pages: { size: "large", pages: Number.POSITIVE_INFINITY, view: "@@pages-snippet" },
} as const;

export function preview(
  document: StoredDocument,
  place: Place,
  { isNew = false, isFar = false }: Options = {},
): string {
  const { uid, state } = document;
  const id = `preview-${uid}-${place}`;
  const classes = `preview is-${place} is-${state.name}${isNew && state.name !== "pending" ? " is-new" : ""}`;
  switch (state.name) {
    case "pending":
      return html`<div id="${id}" class="${classes} pat-inject-async" aria-busy="true"
          data-pat-inject-async="pending: /workspace/${uid}/${LAYOUT[place].view}">
        <img src="${RESOURCES}demo/placeholder.svg" alt="Preview is being generated" width="120" height="160">
      </div>`;
    case "failed":
      return html`<div id="${id}" class="${classes}"><p>!${icons.alert} <span>${state.message}</span></p></div>`;
    case "ready": {
      const pages = state.pages.slice(0, LAYOUT[place].pages);
      const figures = pages.map((page, index) =>
        image(document, page, index + 1, LAYOUT[place].size, isFar || index > 1),
      );
      return html`<div id="${id}" class="${classes}">!${figures} !${pageCount(state.pageCount, place, pages.length)}</div>`;
    }
  }
}

function image(document: StoredDocument, page: PreviewPage, number: number, size: PreviewSize, isFar: boolean): string {
  const { uid, title } = document;
  const alt = `Page ${number} of ${title}${page.text ? `: ${page.text}` : ""}`;
  return html`<img src="/workspace/${uid}/@@preview/${number}-${size}.webp" alt="${alt}"
    width="${page.width}" height="${page.height}" loading="${isFar ? "lazy" : "eager"}" decoding="async">`;
}

function pageCount(count: number, place: Place, shown: number): string {
  if (place === "pages") {
    return shown < count
      ? html`<p class="muted">The first ${shown} of ${count} pages. Download the file for the rest.</p>`
      : "";
  }
  return count > 1 ? html`<p class="page-count">${count} pages</p>` : "";
}

/** What `@@preview-snippet` answers: both places at once, for one message with two targets. */
export function previewSnippet(document: StoredDocument): string {
  return preview(document, "listing", { isNew: true }) + preview(document, "stream", { isNew: true });
}
