/**
 * The upload form, and the row of a file that has been uploaded. In the browser the form is the pattern of
 * demo/plone/browser/upload, which makes the rows of what is on its way; without that it is a form of pat-inject, and
 * without JavaScript a form.
 */
import { html } from "ghtml";
import type { StoredDocument } from "../content/document.ts";
import { fileSize } from "./format.ts";
import { icons } from "./icons.ts";
import type { Viewer } from "./layout.ts";
import { rowSnippet } from "./listing.ts";
import { previewStatus } from "./preview.ts";

/** What the browser offers first; the user may choose anything, and is told. */
const ACCEPT = [
  "image/*,text/*,application/pdf",
  ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.odp,.odg,.rtf,.csv,.md",
].join(",");

export interface UploadForm {
  readonly viewer: Viewer;
  readonly maxUploadBytes: number;
  /** The document that the user has just uploaded, without JavaScript. */
  readonly uploaded?: StoredDocument | undefined;
}

export function uploadForm({ viewer, maxUploadBytes, uploaded }: UploadForm): string {
  return html`<section class="card upload" aria-labelledby="upload-title">
    <h2 id="upload-title">Share files</h2>
    <form class="pat-inject pat-commons-upload" method="post" action="/workspace/@@upload" enctype="multipart/form-data"
        data-pat-inject="source: #uploads; target: #uploads" data-max-bytes="${maxUploadBytes}">
      <div id="upload-fields">
        <input type="hidden" name="_authenticator" value="${viewer.authenticator}">
        <div class="dropzone">
          <label for="file">!${icons.upload} <span>Drop or choose files</span></label>
          <input id="file" type="file" name="file" required accept="${ACCEPT}" aria-describedby="upload-hint">
        </div>
        <p id="upload-hint" class="muted">PDF, images, office documents, text: up to ${fileSize(maxUploadBytes)} each.</p>
        <label class="check"><input type="checkbox" name="private"> Private: only I can see it</label>
      </div>
      <button type="submit" class="button is-primary">Upload</button>
    </form>
    <div id="upload-message" role="status"></div>
    <ul id="uploads" aria-label="Uploads">!${uploaded ? uploadRow(uploaded, viewer, 0) : ""}</ul>
  </section>`;
}

/**
 * The answer to an upload by the pattern, or by pat-inject alone: the row that takes the place of the one that showed how much
 * has been sent; and the document's rows in the lists.
 *
 * @param cost of its preview, as the queue has it: a user's cheap ones come first.
 * @param isLive whether messages reach the page: they bring the rows of the lists.
 */
export function uploadAnswer(document: StoredDocument, viewer: Viewer, cost: number, isLive: boolean): string {
  return html`<ul id="uploads">!${uploadRow(document, viewer, cost)}</ul>!${isLive ? "" : rowSnippet(document, viewer)}`;
}

function uploadRow(document: StoredDocument, viewer: Viewer, cost: number): string {
  const { uid, title, created } = document;
  return html`<li id="upload-${uid}" class="upload-row is-done" data-cost="${cost}" data-created="${created}">
    <p class="upload-name">!${icons.check} <span><a href="/workspace/${uid}">${title}</a> is in the workspace.</span></p>
    !${previewStatus(document, viewer)}
  </li>`;
}
