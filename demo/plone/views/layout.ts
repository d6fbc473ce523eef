/**
 * The frame around every page: head, header, landmarks. Knows what is in the header, not what is on the page.
 */
import { html } from "ghtml";
import { RESOURCES } from "../resources.ts";
import type { User } from "../users.ts";
import { avatar } from "./parts.ts";

/** What a page for a signed-in user needs besides its own content. */
export interface Chrome {
  readonly user: User;
  /** For the forms of the page. */
  readonly authenticator: string;
  /** The user's stream position, taken before any content was read: newer messages are replayed to this page. */
  readonly position: string;
  /** The notification bell, as HTML. */
  readonly bell: string;
}

const STYLES = ["base", "header", "workspace", "preview", "pages"] as const;

/** Statuses whose words pat-inject takes out of the answer. For any other it would offer to reload the page. */
const ANSWERED_STATUSES = [400, 401, 403, 404, 413, 500] as const;

// Not for the anonymous, whose pages do without: there, Patternslib would put the focus into the first field a second time,
// while they may be typing in the next one.
const scripts = html`<script defer src="${RESOURCES}patternslib/bundle.min.js"></script>
  <script defer src="${RESOURCES}pat-inject-async/pat-inject-async.min.js"></script>`;

/** @param main HTML. */
export function page(title: string, chrome: Chrome | undefined, main: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>${title} – Commons</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  !${ANSWERED_STATUSES.map((status) => `<meta name="pat-inject-status-${status}" content="#upload-message">`)}
  <link rel="icon" href="${RESOURCES}demo/favicon.svg" type="image/svg+xml">
  !${STYLES.map((name) => html`<link rel="stylesheet" href="${RESOURCES}demo/${name}.css">`)}
  !${chrome ? scripts : ""}
</head>
!${chrome ? html`<body class="pat-inject-async" data-pat-inject-async="url: /push; position: ${chrome.position}; batch: /@@snippets">` : "<body>"}
  <a class="skip" href="#main">Skip to content</a>
  <header class="site-header">
    <a class="brand" href="/workspace"><img src="${RESOURCES}demo/favicon.svg" alt="" width="28" height="28">Commons</a>
    !${chrome ? tools(chrome) : ""}
  </header>
  !${chrome ? signedOutNotice : ""}
  <main id="main" tabindex="-1">!${main}</main>
</body>
</html>
`;
}

// The words of the connection's state come from the style sheet: the library keeps the state in an attribute of the body.
function tools({ user, authenticator, bell }: Chrome): string {
  return html`<div class="tools">
    <p class="connection"><span class="visually-hidden">Connection: </span></p>
    !${bell}
    <span class="user">!${avatar(user.fullName)}<span class="user-name">${user.fullName}</span></span>
    <form method="post" action="/logout">
      <input type="hidden" name="_authenticator" value="${authenticator}">
      <button class="button is-quiet">Log out</button>
    </form>
  </div>`;
}

const signedOutNotice = html`<p class="signed-out">
  You have been signed out, so this page no longer updates itself. <a href="/login">Sign in again</a>
</p>`;
