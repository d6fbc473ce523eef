/** Small pieces of HTML that several pages share. */
import { html } from "ghtml";
import { dateTime, timeAgo } from "./format.ts";
import { icons } from "./icons.ts";

/** A disc with the initials, in a colour that depends on the name. */
export function avatar(name: string): string {
  const initials = name
    .split(" ")
    .map((word) => word.charAt(0))
    .join("");
  const hue = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 360;
  return html`<span class="avatar" style="--hue: ${hue}" aria-hidden="true">${initials}</span>`;
}

/**
 * The result of a form, in words. pat-inject injects it into the page's `#upload-message`.
 *
 * @param content HTML.
 */
export function message(kind: "success" | "error", content: string): string {
  const icon = kind === "error" ? icons.alert : icons.check;
  return html`<p class="message is-${kind}">!${icon} <span>!${content}</span></p>`;
}

export const privacy = html`<span class="private">!${icons.lock} Private</span>`;

/** @param time in milliseconds since 1970. */
export function when(time: number): string {
  return html`<time datetime="${new Date(time).toISOString()}" title="${dateTime(time)}">${timeAgo(time)}</time>`;
}
