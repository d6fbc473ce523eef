/**
 * The preview of a document, in each place and each state. The elements' ids are the targets of push messages, and a
 * pending preview is a placeholder: it names the snippet that will replace it.
 */
import { html } from "ghtml";
import type { PreviewSize } from "../content/content.ts";
import type { PreviewPage, StoredDocument } from "../content/document.ts";
import { icons } from "./icons.ts";
import { RESOURCES } from "./resources.ts";

/** Where a preview is shown: the listing, the activity stream, the document's own page. */
export type Place = "listing" | "stream" | "pages";

interface Options {
  /** The preview comes in a snippet, and fades in. */
  readonly isNew?: boolean;
  /** The preview is far down the page: its image is loaded lazily. */
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

/** The snippet `@@preview-snippet`: both places, for one message with two targets. */
export function previewSnippet(document: StoredDocument): string {
  return preview(document, "listing", { isNew: true }) + preview(document, "stream", { isNew: true });
}
