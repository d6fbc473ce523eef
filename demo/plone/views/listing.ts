/**
 * The two lists of the workspace, and each document's row in them. A row's id is the target of push messages: a new
 * document is one row, put before the others.
 */
import { html } from "ghtml";
import { fullName } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { fileSize } from "./format.ts";
import { icons } from "./icons.ts";
import type { Viewer } from "./layout.ts";
import { avatar, privacy, when } from "./parts.ts";
import { preview, toldSnippet } from "./preview.ts";

export const SORTINGS = {
  newest: "Newest first",
  oldest: "Oldest first",
  title: "By title",
  size: "Largest first",
} as const;
export type Sorting = keyof typeof SORTINGS;

/** What the user wants to see of the documents. */
export interface Search {
  /** Words in title or text; empty for all. */
  readonly text: string;
  readonly sorting: Sorting;
}

/** A part of the documents. */
export interface Found {
  readonly search: Search;
  readonly documents: readonly StoredDocument[];
  /** Whether there are others behind these. */
  readonly hasMore: boolean;
  /** What happened last, whatever is searched for. */
  readonly newest: readonly StoredDocument[];
}

/** Previews further down the page are loaded lazily. */
const EAGER_PREVIEWS = 12;

export const MAX_SEARCH_CHARACTERS = 200;

/** What is pushed goes to the top, which is its place only here. */
function isNewestFirst({ text, sorting }: Search): boolean {
  return text === "" && sorting === "newest";
}

/** Both lists live: after a gap the page asks for what came meanwhile. */
function livesOn(search: Search): string {
  return html`class="pat-inject-async" data-pat-inject-async="refresh: ${address("/workspace/@@updates", search)}"`;
}

function address(path: string, { text, sorting }: Search, after?: string): string {
  const query = new URLSearchParams();
  if (text !== "") query.set("q", text);
  if (sorting !== "newest") query.set("sort", sorting);
  if (after !== undefined) query.set("after", after);
  // In pat-inject's notation a semicolon ends an option.
  return query.size === 0 ? path : `${path}?${query.toString().replaceAll(";", "%3B")}`;
}

/** Above the list: answered by the list alone, while the user types. */
export function searchForm({ search }: Found): string {
  const options = Object.entries(SORTINGS).map(
    ([value, words]) => html`<option value="${value}" !${value === search.sorting ? "selected" : ""}>${words}</option>`,
  );
  return html`<form class="search pat-inject pat-autosubmit pat-commons-follow" role="search" action="/workspace"
      data-pat-inject="source: #documents::element; target: #documents::element; history: record">
    <label class="visually-hidden" for="search-text">Search in titles and texts</label>
    <input id="search-text" type="search" name="q" value="${search.text}" maxlength="${MAX_SEARCH_CHARACTERS}"
      placeholder="Search titles and texts" autocomplete="off">
    <label class="visually-hidden" for="search-sorting">Order</label>
    <select id="search-sorting" name="sort">!${options}</select>
    <noscript><button class="button">Search</button></noscript>
  </form>`;
}

export function listing(found: Found, viewer: Viewer): string {
  const { search, documents } = found;
  const isNewest = isNewestFirst(search);
  const rows = documents.map((document, index) => documentRow(document, viewer, placeOf(index)));
  const words = search.text === "" ? "Nothing here yet. The first document you share will appear here." : "";
  return html`<div id="documents" !${livesOn(search)}>
    !${search.text === "" ? "" : foundWords(found)}
    <ul class="documents" !${isNewest ? 'id="documents-newest"' : ""}>!${rows}!${more(found)}</ul>
    !${words ? html`<p class="empty">${words}</p>` : ""}
    !${isNewest ? "" : followsPushed(search)}
  </div>`;
}

function foundWords({ search, documents, hasMore }: Found): string {
  const count = documents.length;
  const words =
    count === 0 ? "No document" : count === 1 ? "1 document" : `${hasMore ? "More than " : ""}${count} documents`;
  return html`<p class="found" role="status">${words} with “${search.text}” in title or text. <a href="/workspace">Show all</a></p>`;
}

/** Where a row that is pushed has no place that is known, the list is fetched again: Patternslib's push marker. */
function followsPushed(search: Search): string {
  return html`<a hidden class="pat-inject" href="${address("/workspace/@@updates", search)}"
    data-pat-inject="push-marker: documents; source: #documents; target: #documents">Follow</a>`;
}

/** The rest comes when the user scrolls to its end; without JavaScript it is a link. */
function more({ search, documents, hasMore }: Found): string {
  const last = documents.at(-1);
  if (!hasMore || !last) return "";
  return html`<li id="documents-more" class="more"><a class="button pat-inject" href="${address("/workspace", search, last.uid)}"
    data-pat-inject="trigger: autoload-visible; url: ${address("/workspace/@@more", search, last.uid)};
      source: #more; target: #documents-more::element">More documents</a></li>`;
}

/** The snippet `@@more`. */
export function moreSnippet(found: Found, viewer: Viewer): string {
  return html`<ul id="more">!${found.documents.map((document) => documentRow(document, viewer, "far"))}!${more(found)}</ul>`;
}

/** The snippet `@@updates`. */
export function updatesSnippet(found: Found, viewer: Viewer): string {
  return listing(found, viewer) + stream(found, viewer);
}

/** The snippet `@@row`: one document's row in both lists. */
export function rowSnippet(document: StoredDocument, viewer: Viewer): string {
  return documentRow(document, viewer, "new") + activityRow(document, viewer, "new");
}

/** `new`: pushed to a page that is open, and seen to come; `far`: down the page. */
type RowPlace = "new" | "near" | "far";

function placeOf(index: number): RowPlace {
  return index < EAGER_PREVIEWS ? "near" : "far";
}

function classOf(place: RowPlace): string {
  return place === "new" ? "is-new" : "";
}

function documentRow(document: StoredDocument, viewer: Viewer, place: RowPlace): string {
  const { uid, title, owner, created, size, isPrivate } = document;
  return html`<li id="document-${uid}" class="card document ${classOf(place)}">
    !${preview(document, "listing", viewer, { isFar: place === "far" })}
    <h3><a href="/workspace/${uid}">${title}</a></h3>
    <p class="muted">
      ${fullName(owner)}, !${when(created)}<br>
      ${fileSize(size)} !${isPrivate ? privacy : ""}
    </p>
    !${owner === viewer.user.id ? toldSnippet(document) + menu(document, viewer) : ""}
  </li>`;
}

/** Popovers: they need no script, and give the keyboard back to their button. */
function menu({ uid, title }: StoredDocument, { authenticator }: Viewer): string {
  const own = html`<input type="hidden" name="_authenticator" value="${authenticator}">`;
  const both = [`#document-${uid}::element`, `#activity-${uid}::element`];
  const inject = both.map((row) => `source: ${row}; target: ${row}`).join(" && ");
  return html`<button id="manage-${uid}" class="manage" popovertarget="menu-${uid}" aria-label="Rename or delete ${title}">!${icons.more}</button>
  <div id="menu-${uid}" class="menu" popover role="dialog" aria-label="${title}">
    <form class="pat-inject" method="post" action="/workspace/${uid}/@@rename" data-pat-inject="${inject}">
      !${own}
      <label for="rename-${uid}">Title</label>
      <input id="rename-${uid}" name="title" value="${title}" required maxlength="200" autocomplete="off">
      <button class="button is-primary">Rename</button>
    </form>
    <button class="button is-danger" popovertarget="delete-${uid}">!${icons.bin} Delete…</button>
  </div>
  <div id="delete-${uid}" class="menu" popover role="alertdialog" aria-labelledby="delete-title-${uid}">
    <form class="pat-inject" method="post" action="/workspace/${uid}/@@delete" data-pat-inject="${inject}">
      !${own}
      <p id="delete-title-${uid}">Delete <strong>${title}</strong> for everybody, and for good?</p>
      <button type="button" class="button" popovertarget="delete-${uid}" popovertargetaction="hide" autofocus>Keep it</button>
      <button class="button is-danger">Delete</button>
    </form>
  </div>`;
}

export function stream({ search, newest }: Found, viewer: Viewer): string {
  const rows = newest.map((document, index) => activityRow(document, viewer, placeOf(index)));
  return html`<div id="activity-stream" !${livesOn(search)}>
    <ol class="stream" id="activity-newest">!${rows}</ol>
    <p class="empty">All quiet. What you and your team share shows up here.</p></div>`;
}

function activityRow(document: StoredDocument, viewer: Viewer, place: RowPlace): string {
  const { uid, title, owner, created, isPrivate } = document;
  return html`<li id="activity-${uid}" class="card activity ${classOf(place)}">
    <p>
      !${avatar(fullName(owner))}
      <span><strong>${fullName(owner)}</strong> shared
        <a href="/workspace/${uid}">${title}</a><br>
        <span class="muted">!${when(created)} !${isPrivate ? privacy : ""}</span></span>
    </p>
    !${preview(document, "stream", viewer, { isFar: place === "far" })}
  </li>`;
}

/** Where a row was, until the message comes that takes even this away. */
export function removedRows(uid: string): string {
  return html`<li id="document-${uid}" hidden></li><li id="activity-${uid}" hidden></li>`;
}
