/**
 * The page for errors. It is also a snippet for pat-inject forms, which take `#upload-message` out of it.
 */
import { html } from "ghtml";
import { type Chrome, page } from "./layout.ts";
import { message } from "./parts.ts";

/** @param words a sentence for the user. */
export function errorPage(chrome: Chrome | undefined, title: string, words: string): string {
  const way = chrome ? { href: "/workspace", text: "Back to the workspace" } : { href: "/login", text: "Sign in" };
  return page(
    title,
    chrome,
    html`<div class="narrow card">
      <h1>${title}</h1>
      <div id="upload-message" role="alert">!${message("error", html`${words}`)}</div>
      <p><a class="button" href="${way.href}">${way.text}</a></p>
    </div>`,
  );
}
