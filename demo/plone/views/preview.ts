/**
 * The preview of a document, in each place and each state. The elements' ids are the targets of push messages, and a
 * preview to which more will come is a placeholder: it names the snippet that shows the next state.
 */
import { html } from "ghtml";
import type { StoredDocument } from "../content/document.ts";
import { PREVIEW_VERSION, type PreviewSize } from "../content/preview-writer.ts";
import { isUnfinished, type PreviewImage, type PreviewPage } from "../content/state.ts";
import { icons } from "./icons.ts";
import type { Viewer } from "./layout.ts";
import { noteOf, progressOf, tryAgainOf } from "./preview-note.ts";
import { resource } from "./resources.ts";

/** Where a preview is shown: the listing, the activity stream, the document's own page. */
export type Place = "listing" | "stream" | "pages";

interface Options {
  /** The preview comes in a snippet, and fades in. */
  readonly isNew?: boolean;
  /** The preview is far down the page: its image is loaded lazily. */
  readonly isFar?: boolean;
}

const LAYOUT = {
  listing: { size: "small", view: "@@preview-snippet" },
  stream: { size: "normal", view: "@@preview-snippet" },
  pages: { size: "small", view: "@@pages-snippet" },
} as const;

export function preview(
  document: StoredDocument,
  place: Place,
  viewer: Viewer,
  { isNew = false, isFar = false }: Options = {},
): string {
  const { uid, state } = document;
  const isBusy = isUnfinished(state);
  const pages = place === "pages" ? state.pages : state.pages.filter(({ image }) => image).slice(0, 1);
  const note = noteOf(document, place, viewer);
  const classes = [
    `preview is-${place} is-${state.name}`,
    isBusy && pages.length === 0 ? "is-pending" : "",
    isNew && pages.length > 0 ? "is-new" : "",
    state.name === "ready" ? "" : "pat-inject-async",
  ];
  // Morphed: pictures that are there do not blink when the next one comes.
  const options = [isBusy ? `pending: /workspace/${uid}/${LAYOUT[place].view}` : "", "swap: morph"];
  return html`<div id="preview-${uid}-${place}" class="${classes.filter(Boolean).join(" ")}" !${isBusy ? 'aria-busy="true"' : ""}
      !${state.name === "ready" ? "" : html`data-pat-inject-async="${options.filter(Boolean).join("; ")}"`}>
    !${isBusy && pages.length === 0 ? PLACEHOLDER : ""}
    !${place === "pages" ? note : ""}
    !${place === "pages" ? thumbnails(document) : pages.map((page) => pictureOf(document, page, place, isFar))}
    !${place === "pages" ? restOf(document) : note || pageCount(document)}
  </div>`;
}

const PLACEHOLDER = html`<img src="${resource("demo/placeholder.svg")}" alt="Preview is being generated" width="120" height="160">`;

function thumbnails(document: StoredDocument): string {
  const { uid, state } = document;
  return html`<ol class="thumbnails">!${state.pages.map(
    ({
      page,
      image,
    }) => html`<li><a class="thumbnail pat-inject" href="/workspace/${uid}?page=${page}" data-shows="${page}"
      data-pat-inject="${INTO_SHEET}">
      !${image ? picture(document, page, "small", image, "", page > 8) : icons.alert}
      <span><span class="visually-hidden">Page </span>${page}</span></a></li>`,
  )}</ol>`;
}

/** A link to another page of the same document changes the sheet, and the address. */
export const INTO_SHEET = "source: #sheet; target: #sheet; history: record";

function pictureOf(document: StoredDocument, { page, image }: PreviewPage, place: Place, isFar: boolean): string {
  if (!image) return "";
  return picture(document, page, LAYOUT[place].size, image, altOf(document.title, page, image), isFar);
}

export function altOf(title: string, page: number, { text }: PreviewImage): string {
  return `Page ${page} of ${title}${text ? `: ${text}` : ""}`;
}

export function picture(
  document: StoredDocument,
  page: number,
  size: PreviewSize,
  { width, height }: PreviewImage,
  alt: string,
  isFar: boolean,
): string {
  return html`<img src="${imageUrl(document, page, size)}" alt="${alt}" width="${width}" height="${height}"
    loading="${isFar ? "lazy" : "eager"}" decoding="async">`;
}

/** Kept for ever by the browser: what is of another file, or drawn in another way, has another address. */
function imageUrl(document: StoredDocument, page: number, size: PreviewSize): string {
  return `/workspace/${document.uid}/@@preview/${page}-${size}.webp?${imageVersion(document)}`;
}

export function imageVersion({ version }: Pick<StoredDocument, "version">): string {
  return `${version}.${PREVIEW_VERSION}`;
}

function pageCount({ state }: StoredDocument): string {
  if (state.name !== "ready") return "";
  const count = state.pageCount ?? `More than ${state.pages.length}`;
  return count === 1 ? "" : html`<p class="page-count">${count} pages</p>`;
}

/** Of a document that has more pages than previews. */
function restOf({ state }: StoredDocument): string {
  const shown = state.pages.length;
  if (state.name !== "ready" || (state.pageCount ?? Number.POSITIVE_INFINITY) <= shown) return "";
  const those =
    state.pageCount === undefined ? `The first ${shown} pages` : `The first ${shown} of ${state.pageCount} pages`;
  return html`<p class="muted">${those}. Download the file for the rest.</p>`;
}

/** The snippet `@@preview-snippet`: both places, for one message with two targets; and the upload's status line. */
export function previewSnippet(document: StoredDocument, viewer: Viewer): string {
  return [
    preview(document, "listing", viewer, { isNew: true }),
    preview(document, "stream", viewer, { isNew: true }),
    previewStatus(document, viewer),
  ].join("\n");
}

/** How far the preview is, in the row of the upload; kept true by messages, which also announce it. */
export function previewStatus(document: StoredDocument, viewer: Viewer): string {
  const { uid, state } = document;
  const pending = html`aria-busy="true" data-pat-inject-async="pending: /workspace/${uid}/@@preview-snippet; swap: morph"`;
  const place = state.name === "waiting" ? '<span class="place"></span>' : "";
  return html`<div id="preview-${uid}-status" class="upload-state pat-inject-async" !${isUnfinished(state) ? pending : ""}>
    <span>${statusWords(state)}</span> !${place} !${progressOf(state)} !${tryAgainOf(document, "status", viewer)}</div>`;
}

/** Nothing to be seen: where it is put, its owner's screen reader says how the conversion has ended. */
export function toldSnippet({ uid }: StoredDocument): string {
  return html`<span id="preview-${uid}-told"></span>`;
}

export function statusWords(state: StoredDocument["state"]): string {
  switch (state.name) {
    case "waiting":
      return "Its preview waits for its turn.";
    case "converting":
      return state.pages.length > 0 ? "Its first page is there, the others follow." : "Its preview is being made.";
    case "ready":
      return ["Its preview is ready.", state.words ?? ""].join(" ").trim();
    case "stopped":
      return `A part of its preview is there. ${state.words}`;
    case "failed":
      return state.words;
  }
}
