/**
 * The workspace page: upload form, document listing, activity stream. The two lists are also a snippet, for push
 * messages.
 */
import { html } from "ghtml";
import { fullName } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { fileSize } from "./format.ts";
import { icons } from "./icons.ts";
import { type Chrome, page } from "./layout.ts";
import { avatar, message, privacy, when } from "./parts.ts";
import { preview } from "./preview.ts";

/** Both lists live: after a gap the page asks for what came meanwhile. */
const LIVES = 'class="pat-inject-async" data-pat-inject-async="refresh: /workspace/@@updates"';

/** Previews further down the page are loaded lazily. */
const EAGER_PREVIEWS = 12;

/** pat-inject's argument for the upload form. The form's fields are replaced by empty ones; its button keeps the focus. */
const UPLOAD_INJECT = ["#documents", "#activity-stream", "#upload-message", "#upload-fields"]
  .map((id) => `source: ${id}; target: ${id}`)
  .join(" && ");

export interface Workspace {
  readonly chrome: Chrome;
  /** The documents that the user may see, newest first. */
  readonly documents: readonly StoredDocument[];
  readonly maxUploadBytes: number;
  /** The document that the user has just uploaded. */
  readonly uploaded?: StoredDocument | undefined;
}

export function workspacePage(workspace: Workspace): string {
  return page(
    "Workspace",
    workspace.chrome,
    html`<h1>Workspace</h1>
    <div class="columns">
      <div class="column">
        !${uploadForm(workspace)}
        <section aria-labelledby="documents-title">
          <h2 id="documents-title">Documents</h2>
          !${listing(workspace.documents)}
        </section>
      </div>
      <aside class="column" aria-labelledby="activity-title">
        <h2 id="activity-title">Activity</h2>
        !${stream(workspace.documents)}
      </aside>
    </div>`,
  );
}

/** The snippet `@@updates`. */
export function updatesSnippet(documents: readonly StoredDocument[]): string {
  return listing(documents) + stream(documents);
}

function uploadForm({ chrome, maxUploadBytes, uploaded }: Workspace): string {
  const words = uploaded && `${uploaded.title} is in the workspace. Its preview will appear by itself.`;
  return html`<section class="card upload" aria-labelledby="upload-title">
    <h2 id="upload-title">Share a document</h2>
    <form class="pat-inject" method="post" action="/workspace/@@upload" enctype="multipart/form-data"
        data-pat-inject="${UPLOAD_INJECT}">
      <div id="upload-fields">
        <input type="hidden" name="_authenticator" value="${chrome.authenticator}">
        <div class="dropzone">
          <label for="file">!${icons.upload} <span>Drop or choose a file</span></label>
          <input id="file" type="file" name="file" required aria-describedby="upload-hint">
        </div>
        <p id="upload-hint" class="muted">PDF, image or office document, up to ${fileSize(maxUploadBytes)}.</p>
        <label class="check"><input type="checkbox" name="private"> Private: only I can see it</label>
      </div>
      <button type="submit" class="button is-primary">Upload</button>
    </form>
    <div id="upload-message" role="status">!${words ? message("success", words) : ""}</div>
  </section>`;
}

function listing(documents: readonly StoredDocument[]): string {
  if (documents.length === 0) {
    return html`<div id="documents" !${LIVES}><p class="empty">Nothing here yet. The first document you share will appear here.</p></div>`;
  }
  return html`<div id="documents" !${LIVES}><ul class="documents">!${documents.map(
    (document, index) => html`<li class="card document">
      !${preview(document, "listing", { isFar: index >= EAGER_PREVIEWS })}
      <h3><a href="/workspace/${document.uid}">${document.title}</a></h3>
      <p class="muted">
        ${fullName(document.owner)}, !${when(document.created)}<br>
        ${fileSize(document.size)} !${document.isPrivate ? privacy : ""}
      </p>
    </li>`,
  )}</ul></div>`;
}

function stream(documents: readonly StoredDocument[]): string {
  if (documents.length === 0) {
    return html`<div id="activity-stream" !${LIVES}><p class="empty">All quiet. What you and your team share shows up here.</p></div>`;
  }
  return html`<div id="activity-stream" !${LIVES}><ol class="stream">!${documents.map(
    (document, index) => html`<li class="card activity">
      <p>
        !${avatar(fullName(document.owner))}
        <span><strong>${fullName(document.owner)}</strong> shared
          <a href="/workspace/${document.uid}">${document.title}</a><br>
          <span class="muted">!${when(document.created)} !${document.isPrivate ? privacy : ""}</span></span>
      </p>
      !${preview(document, "stream", { isFar: index >= EAGER_PREVIEWS })}
    </li>`,
  )}</ol></div>`;
}
