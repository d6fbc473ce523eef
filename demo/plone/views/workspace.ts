/** The workspace page: upload form, document listing, activity stream. */
import { html } from "ghtml";
import type { StoredDocument } from "../content/document.ts";
import { type Chrome, page } from "./layout.ts";
import { type Found, listing, searchForm, stream } from "./listing.ts";
import { uploadForm } from "./uploads.ts";

export interface Workspace {
  readonly chrome: Chrome;
  readonly found: Found;
  readonly maxUploadBytes: number;
  readonly uploaded?: StoredDocument | undefined;
}

export function workspacePage({ chrome, found, maxUploadBytes, uploaded }: Workspace): string {
  return page(
    "Workspace",
    chrome,
    html`<h1>Workspace</h1>
    <div class="columns">
      <div class="column">
        !${uploadForm({ viewer: chrome, maxUploadBytes, uploaded })}
        <section aria-labelledby="documents-title">
          <div class="section-head">
            <h2 id="documents-title" tabindex="-1">Documents</h2>
            !${searchForm(found)}
          </div>
          !${listing(found, chrome)}
        </section>
      </div>
      <section class="column" aria-labelledby="activity-title">
        <h2 id="activity-title">Activity</h2>
        !${stream(found, chrome)}
      </section>
    </div>`,
  );
}
