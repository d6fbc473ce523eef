/** The page of one document, with all its pages. */
import { html } from "ghtml";
import { fullName } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";
import { fileSize } from "./format.ts";
import { icons } from "./icons.ts";
import { type Chrome, page } from "./layout.ts";
import { avatar, privacy, when } from "./parts.ts";
import { preview } from "./preview.ts";

export function documentPage(chrome: Chrome, document: StoredDocument): string {
  const { uid, title, owner, created, size, isPrivate } = document;
  return page(
    title,
    chrome,
    html`<article class="document-page">
      <p><a class="back" href="/workspace">!${icons.back} Workspace</a></p>
      <header>
        <div>
          <h1>${title}</h1>
          <p class="byline">!${avatar(fullName(owner))}
            <span>${fullName(owner)}, !${when(created)} · ${fileSize(size)} !${isPrivate ? privacy : ""}</span></p>
        </div>
        <a class="button is-primary" href="/workspace/${uid}/@@download">!${icons.download} Download</a>
      </header>
      !${preview(document, "pages")}
    </article>`,
  );
}
