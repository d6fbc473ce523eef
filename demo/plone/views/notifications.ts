/** The notification bell in the header, and the snippet with which a push message updates it. */
import { html } from "ghtml";
import { fullName } from "../accounts/users.ts";
import type { Inbox } from "../content/notifications.ts";
import { icons } from "./icons.ts";
import { when } from "./parts.ts";

export function bell(inbox: Inbox, authenticator: string): string {
  return html`<button class="bell" popovertarget="notifications-menu">
    !${icons.bell}<span class="visually-hidden">Notifications, unread: </span>!${count(inbox)}
  </button>
  <div id="notifications-menu" popover role="dialog" aria-label="Notifications">
    <div id="notifications">!${list(inbox, authenticator)}</div>
    <form class="settings pat-inject pat-autosubmit" method="post" action="/@@notification-settings"
        data-pat-inject="source: #notification-settings-saved; target: #notification-settings-saved">
      <input type="hidden" name="_authenticator" value="${authenticator}">
      <label class="check"><input type="checkbox" name="spoken" !${inbox.isQuiet ? "" : "checked"}> Have new ones read out</label>
      <noscript><button class="button is-small">Save</button></noscript>
      <span id="notification-settings-saved" class="muted" role="status"></span>
      <button type="button" class="button is-small pat-commons-desktop" aria-pressed="false" hidden>Show on the desktop</button>
    </form>
  </div>`;
}

/** The answer to the settings. */
export function settingsSaved(): string {
  return html`<span id="notification-settings-saved">Saved.</span>`;
}

/** The snippet `@@notifications`. Count and list are replaced apart, so that an open menu stays open. */
export function notificationsSnippet(inbox: Inbox, authenticator: string): string {
  return html`!${count(inbox)}<div id="notifications">!${list(inbox, authenticator)}</div>`;
}

function count({ unread }: Inbox): string {
  return html`<span id="notifications-count" class="count pat-inject-async"
    data-pat-inject-async="refresh: /@@notifications" data-count="${unread.length}">${unread.length}</span>`;
}

function list({ unread, newest }: Inbox, authenticator: string): string {
  if (unread.length === 0) return html`<p class="empty">You are up to date.</p>`;
  return html`<ul>!${unread.map(
    (document) => html`<li>
      <a href="/workspace/${document.uid}">${fullName(document.owner)} shared ${document.title}</a>
      <span class="muted">!${when(document.created)}</span>
    </li>`,
  )}</ul>
  <form class="pat-inject" method="post" action="/@@mark-read" data-pat-inject="source: #notifications-count::element;
      target: #notifications-count::element &amp;&amp; source: #notifications; target: #notifications">
    <input type="hidden" name="_authenticator" value="${authenticator}">
    <input type="hidden" name="until" value="${newest}">
    <button class="button is-quiet">Mark all as read</button>
  </form>`;
}
