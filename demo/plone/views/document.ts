/** The page of one document: one of its pages, large, with all the others beside it. */
import { html } from "ghtml";
import { fullName } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { isUnfinished, type PreviewPage } from "../content/state.ts";
import { fileSize } from "./format.ts";
import { icons } from "./icons.ts";
import { type Chrome, page, type Viewer } from "./layout.ts";
import { avatar, privacy, when } from "./parts.ts";
import { altOf, INTO_SHEET, picture, preview } from "./preview.ts";

/** One of the document's pages, as it is shown. */
export interface Sheet {
  /** From 1. */
  readonly number: number;
  /** All that it says. */
  readonly text: string;
}

export function documentPage(chrome: Chrome, document: StoredDocument, shown: Sheet): string {
  const { uid, title, owner, created, size, isPrivate } = document;
  return page(
    title,
    chrome,
    html`<article id="document-page-${uid}" class="document-page">
      <p><a class="back" href="/workspace">!${icons.back} Workspace</a></p>
      <header>
        <div>
          <h1>!${titleSnippet(document)}</h1>
          <p class="byline">!${avatar(fullName(owner))}
            <span>${fullName(owner)}, !${when(created)} · ${fileSize(size)} !${isPrivate ? privacy : ""}</span></p>
        </div>
        <div class="document-tools">
          !${owner === chrome.user.id ? replaceMenu(document, chrome) : ""}
          <a class="button is-primary" href="/workspace/${uid}/@@download">!${icons.download} Download</a>
        </div>
      </header>
      <div class="viewer pat-commons-pages">
        <p class="zoom"><button type="button" class="button is-small" data-zoom="out" hidden>Smaller</button>
          <button type="button" class="button is-small" data-zoom="in" hidden>Larger</button></p>
        <div id="sheet">!${sheet(document, shown)}</div>
        <nav aria-label="Pages">!${preview(document, "pages", chrome)}</nav>
      </div>
    </article>`,
  );
}

/** A form without a script: the answer to it is this page again. */
function replaceMenu({ uid, title }: StoredDocument, { authenticator }: Viewer): string {
  return html`<button class="button" popovertarget="replace-${uid}">!${icons.upload} Replace file…</button>
    <div id="replace-${uid}" class="menu" popover role="dialog" aria-label="Replace ${title}">
      <form method="post" action="/workspace/${uid}/@@replace" enctype="multipart/form-data">
        <input type="hidden" name="_authenticator" value="${authenticator}">
        <label for="replacement">Another file in the place of this one</label>
        <input id="replacement" type="file" name="file" required>
        <button class="button is-primary">Replace</button>
      </form>
    </div>`;
}

/** The snippet `@@pages-snippet`: the thumbnails, and the first page, which those wait for who came early. */
export function pagesSnippet(document: StoredDocument, viewer: Viewer, first: Sheet): string {
  return preview(document, "pages", viewer, { isNew: true }) + sheet(document, first);
}

function sheet(document: StoredDocument, { number, text }: Sheet): string {
  const { uid, state } = document;
  const found = state.pages.find(({ page }) => page === number);
  const isComing = number === 1 && isUnfinished(state) && !found?.image?.hasLarge;
  const waits = html`aria-busy="true" data-pat-inject-async="pending: /workspace/${uid}/@@pages-snippet; swap: morph"`;
  return html`<section id="sheet-${uid}-${number}" class="sheet !${isComing ? "pat-inject-async" : ""}" aria-label="Page ${number}"
      data-page="${number}" !${isComing ? waits : ""}>
    !${found ? tools(document, number) : ""}
    !${found ? figure(document, found) : nothing(document, number)}
    !${text === "" ? "" : html`<details class="page-text"><summary>Text of page ${number}</summary><p>${text}</p></details>`}
  </section>`;
}

function nothing({ state }: StoredDocument, number: number): string {
  if (isUnfinished(state)) return html`<p class="empty">Page ${number} is on its way.</p>`;
  return html`<p class="empty">There is no preview of page ${number}.</p>`;
}

function tools({ uid, state }: StoredDocument, number: number): string {
  const numbers = state.pages.map(({ page }) => page);
  const isAlone = numbers.length === 1;
  const go = (rel: "prev" | "next", to: number | undefined, words: string) =>
    isAlone
      ? ""
      : to === undefined
        ? html`<span class="button is-small" aria-hidden="true">${words}</span>`
        : html`<a id="page-${rel}" class="button is-small pat-inject" rel="${rel}" href="/workspace/${uid}?page=${to}"
          data-pat-inject="${INTO_SHEET}" aria-label="${words}: page ${to}">${words}</a>`;
  return html`<div class="sheet-tools">
    !${go(
      "prev",
      numbers.findLast((page) => page < number),
      "Previous",
    )}
    <p>Page ${number} of ${countOf(state)}</p>
    !${go(
      "next",
      numbers.find((page) => page > number),
      "Next",
    )}
  </div>`;
}

function countOf(state: StoredDocument["state"]): string {
  const shown = state.pages.length;
  if (state.name === "ready") return String(state.pageCount ?? `more than ${shown}`);
  return String((state.name === "converting" ? state.of : undefined) ?? shown);
}

function figure(document: StoredDocument, { page, image, words }: PreviewPage): string {
  const large =
    image &&
    picture(document, page, image.hasLarge ? "large" : "normal", image, altOf(document.title, page, image), false);
  // It is scrolled when it is larger than its frame, with the keyboard too.
  return html`<figure>
    !${large ? html`<div class="sheet-frame" tabindex="0" role="group" aria-label="Page ${page}, can be scrolled">!${large}</div>` : ""}
    !${words === undefined ? "" : html`<figcaption class="muted">!${icons.alert} Page ${page}: ${words}</figcaption>`}
  </figure>`;
}

/** The snippet `@@title`. */
export function titleSnippet({ uid, title }: StoredDocument): string {
  return html`<span id="title-${uid}">${title}</span>`;
}

/** Where the document was, in pages that show it. */
export function removedNotice(uid: string): string {
  return html`<p id="removed-${uid}" class="empty" role="status">This document has been deleted. <a href="/workspace">Back to the workspace</a></p>`;
}
