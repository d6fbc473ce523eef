/** The notification bell in the header, and the parts of it that a push message replaces. */
import { html } from "ghtml";
import type { Inbox } from "../notifications.ts";
import { fullName } from "../users.ts";
import { icons } from "./icons.ts";
import { when } from "./parts.ts";

export function bell(inbox: Inbox, authenticator: string): string {
  return html`<button class="bell" popovertarget="notifications-menu">
    !${icons.bell}<span class="visually-hidden">Notifications, unread: </span>!${count(inbox)}
  </button>
  <div id="notifications-menu" popover><div id="notifications">!${list(inbox, authenticator)}</div></div>`;
}

/** What `@@notifications` answers: count and list apart, so that replacing them leaves an open menu open. */
export function notificationsSnippet(inbox: Inbox, authenticator: string): string {
  return html`!${count(inbox)}<div id="notifications">!${list(inbox, authenticator)}</div>`;
}

function count({ unread }: Inbox): string {
  return html`<span id="notifications-count" class="count" data-count="${unread.length}">${unread.length}</span>`;
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
