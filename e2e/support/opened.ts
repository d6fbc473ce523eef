/**
 * The first lines of most tests of the connection: a page that is open, and the state it shows.
 *
 * Knows the attribute and nothing else of the library.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { type LibraryPageOptions, libraryPage } from "./library-page.ts";
import type { PushServer } from "./push-server.ts";
import type { PushSocket } from "./push-socket.ts";
import { openings } from "./recorder.ts";

export type State = "idle" | "connecting" | "open" | "waiting" | "stopped";

/** What a healthy `/push/info` answers. */
export const INFO = JSON.stringify({ websocket: true, origins: ["*:*"], cookie_needed: false, entropy: 1 });

const STATE = "data-inject-async-state";

/** For `allow`: what the browser's console says when a request or a connection fails. */
export const FAILED = /Failed to load resource|WebSocket connection to/;

/** For `allow`: the same, and errors in the scripts of SockJS's older transports when it has just given them up. */
export const FALLBACK = /Failed to load resource|WebSocket connection to|_jp\.\w+ is not|reading '(start|message)'/;

/** Loads a page with the library and waits until its connection is open. Returns the server's end of it. */
export async function opened(page: Page, push: PushServer, options: LibraryPageOptions = {}): Promise<PushSocket> {
  const before = openings(page);
  await page.goto(push.page("/", libraryPage(options)));
  const socket = await push.nextSocket();
  // Nearly every test comes by here, and the attribute alone would be looked at again only a tenth of a second later.
  if (before !== undefined) await expect.poll(() => openings(page), { intervals: [2] }).toBeGreaterThan(before);
  await expectState(page, "open");
  return socket;
}

/** @param element any element of the endpoint; the body by default. */
export async function expectState(page: Page, state: State, element: Locator = page.locator("body")): Promise<void> {
  await expect(element).toHaveAttribute(STATE, state);
}

export async function stateOf(page: Page, element: Locator = page.locator("body")): Promise<string | null> {
  return element.getAttribute(STATE);
}

/** Attributes for the body, with more options than the default `url: /push`. */
export function bodyWith(options: string): string {
  return `class="pat-inject-async" data-pat-inject-async="url: /push; ${options}"`;
}

/** A page that says when it was rendered, so that its placeholders are not fetched to be on the safe side. */
export function upToDate(push: PushServer): { readonly bodyAttributes: string } {
  return { bodyAttributes: bodyWith(`position: ${push.position}`) };
}

/** A placeholder that waits for its snippet. */
export function placeholder(id: string, url: string): string {
  return `<div id="${id}" class="pat-inject-async" data-pat-inject-async="pending: ${url}">waiting</div>`;
}

/** A message that appends one item to the list with this id: what is applied twice, or out of order, shows. */
export function item(text: string | number, list = "list"): { html: string; inject: string } {
  return { html: `<li>${text}</li>`, inject: `target: #${list}::after` };
}

/** The texts of the items that have been appended, in the order of the page. */
export function items(page: Page, list = "list"): Locator {
  return page.locator(`#${list} li`);
}
