/** What stands beside a preview that is not there, or not whole: progress, the reason, and a button where trying again may help. */
import { html } from "ghtml";
import type { StoredDocument } from "../content/document.ts";
import { icons } from "./icons.ts";
import type { Viewer } from "./layout.ts";
import type { Place } from "./preview.ts";

export function noteOf(document: StoredDocument, place: Place, viewer: Viewer): string {
  const { state } = document;
  switch (state.name) {
    case "waiting":
      return html`<p class="preview-note"><span>Waiting for its turn</span></p>`;
    case "converting":
      return html`<div class="preview-note">!${progressOf(state)}</div>`;
    case "ready": {
      const words = state.words ?? (place === "pages" ? undefined : state.pages.find(({ image }) => image)?.words);
      return words === undefined ? "" : reason(words, "");
    }
    case "stopped":
    case "failed":
      return reason(state.words, tryAgainOf(document, place, viewer));
  }
}

/** Empty when nothing is being done. */
export function progressOf(state: StoredDocument["state"]): string {
  if (state.name !== "converting") return "";
  const { page, of } = state;
  if (page === undefined || of === undefined) return html`<label><span>Converting</span> <progress></progress></label>`;
  return html`<label><span>Converting page ${page} of ${of}</span>
    <progress max="${of}" value="${page - 1}"></progress></label>`;
}

function reason(words: string, button: string): string {
  return html`<div class="preview-note is-reason"><p>!${icons.alert} <span>${words}</span></p>!${button}</div>`;
}

/** Everywhere on the page that shows it now; the others are told by a message. */
const SHOWN = {
  listing: ["listing", "stream"],
  stream: ["listing", "stream"],
  pages: ["pages"],
  status: ["status"],
} as const satisfies Readonly<Record<Place | "status", readonly string[]>>;

/** A button where trying again may help, for who has shared the document. */
export function tryAgainOf(
  { uid, owner, state }: StoredDocument,
  place: keyof typeof SHOWN,
  { user, authenticator }: Viewer,
): string {
  const mayHelp = (state.name === "stopped" || state.name === "failed") && state.again;
  if (!mayHelp || user.id !== owner) return "";
  const targets = SHOWN[place].map((shown) => `#preview-${uid}-${shown}::element`);
  const inject = targets.map((target) => `source: ${target}; target: ${target}`).join(" && ");
  return html`<form class="pat-inject" method="post" action="/workspace/${uid}/@@try-again" data-pat-inject="${inject}">
    <input type="hidden" name="_authenticator" value="${authenticator}">
    <input type="hidden" name="place" value="${place}">
    <button class="button is-small">Try again</button>
  </form>`;
}
