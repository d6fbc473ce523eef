/**
 * The frame around every page: head, header, landmarks. Knows nothing of the page's own content.
 */
import { html } from "ghtml";
import type { User } from "../accounts/users.ts";
import { avatar } from "./parts.ts";
import { RESOURCES } from "./resources.ts";

/** What a page for a signed-in user needs besides its own content. */
export interface Chrome {
  readonly user: User;
  /** For the forms of the page. */
  readonly authenticator: string;
  /** The user's stream position before any content was read: newer messages are replayed to this page. */
  readonly position: string;
  /** The notification bell, as HTML. */
  readonly bell: string;
}

const STYLES = ["base", "header", "workspace", "preview", "pages"] as const;

/** Statuses whose response pat-inject injects as a message. After any other status it would offer to reload the page. */
const INJECTED_STATUSES = [400, 401, 403, 404, 413, 500] as const;

// Only for signed-in users: on the login page Patternslib would focus the first field once more, when the user may be
// typing in the next one already.
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
  !${INJECTED_STATUSES.map((status) => `<meta name="pat-inject-status-${status}" content="#upload-message">`)}
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

// The style sheet shows the connection's state in words: the library writes the state into an attribute of the body.
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
