/**
 * The frame around every page: head, header, landmarks. Knows nothing of the page's own content.
 */
import { html } from "ghtml";
import type { User } from "../accounts/users.ts";
import { avatar } from "./parts.ts";
import { resource } from "./resources.ts";

/** Who looks at it: what is shown depends on what they may do. */
export interface Viewer {
  readonly user: User;
  /** For their forms. */
  readonly authenticator: string;
}

/** What a page for a signed-in user needs besides its own content. */
export interface Chrome extends Viewer {
  /** The user's stream position before any content was read: newer messages are replayed to this page. None while the bus is away. */
  readonly position: string | undefined;
  /** What the page may listen to besides, with a position in each. */
  readonly topics: string;
  /** The notification bell, as HTML. */
  readonly bell: string;
}

const STYLES = ["base", "header", "workspace", "upload", "uploads", "documents", "preview", "viewer", "pages"] as const;

/** Statuses whose response pat-inject injects as a message. After any other status it would offer to reload the page. */
const INJECTED_STATUSES = [400, 401, 403, 404, 413, 429, 500, 507] as const;

// Only for signed-in users: on the login page Patternslib would focus the first field once more, when the user may be
// typing in the next one already.
const scripts = html`<script defer src="${resource("commons/commons.min.js")}"></script>
  <script defer src="${resource("patternslib/bundle.min.js")}"></script>
  <script defer src="${resource("pat-inject-async/pat-inject-async.min.js")}"></script>`;

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
  <link rel="icon" href="${resource("demo/favicon.svg")}" type="image/svg+xml">
  !${STYLES.map((name) => html`<link rel="stylesheet" href="${resource(`demo/${name}.css`)}">`)}
  !${chrome ? html`<link rel="prefetch" href="${resource("demo/placeholder.svg")}" as="image">` : ""}
  !${chrome ? scripts : ""}
</head>
!${chrome ? html`<body class="pat-inject-async" data-pat-inject-async="${optionsOf(chrome)}">` : "<body>"}
  <a class="skip" href="#main">Skip to content</a>
  <header class="site-header">
    <a class="brand" href="/workspace"><img src="${resource("demo/favicon.svg")}" alt="" width="28" height="28"><span>Commons</span></a>
    !${chrome ? tools(chrome) : ""}
  </header>
  <main id="main" tabindex="-1">!${chrome ? signedOut : ""}!${main}</main>
</body>
</html>
`;
}

/** The options of the library for the whole page. */
function optionsOf({ position, topics }: Chrome): string {
  const known = position === undefined ? [] : [`position: ${position}`];
  return ["url: /push", ...known, `topics: ${topics}`, "batch: /@@snippets"].join("; ");
}

function tools({ user, authenticator, bell }: Chrome): string {
  return html`<div class="tools">
    <nav aria-label="Commons"><a href="/@@how-it-works">How it works</a> <a href="/@@async-status">Status</a></nav>
    <p class="connection pat-commons-connection" hidden><span class="visually-hidden">Connection: </span><span></span></p>
    !${bell}
    <span class="user">!${avatar(user.fullName)}<span class="user-name">${user.fullName}</span></span>
    <form method="post" action="/logout">
      <input type="hidden" name="_authenticator" value="${authenticator}">
      <button class="button is-quiet">Log out</button>
    </form>
  </div>`;
}

/**
 * Empty until the session is over, or the connection is lost for long: what is put into a live region is read out. In another
 * tab, as what has been typed or chosen in this one would be lost.
 */
const signedOut = html`<div class="session pat-commons-session" role="status"></div>`;
