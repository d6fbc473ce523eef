/**
 * What happens on a page, in order, as a test reads it: the library's events, errors, dialogs, navigations.
 *
 * Works on any page, the demo's too: nothing has to be in its HTML. Knows nothing of the push server.
 */
import type { Page } from "@playwright/test";
import { watchMovements } from "./fence.ts";
import { Inbox } from "./inbox.ts";
import { type EventName, type PageEvent, reportEvents } from "./page-events.ts";

/** Something that happened on the page besides the library's events. */
export interface PageIncident {
  /**
   * - `navigation`: a document was loaded, for the first time or again.
   * - `dialog`: `alert`, `confirm`, `prompt` or `beforeunload`; it was dismissed.
   * - `error`: an uncaught error or an unhandled rejection.
   * - `console`: a line of `console.error`, the browser's own included.
   */
  readonly type: "navigation" | "dialog" | "error" | "console";
  readonly text: string;
}

export type PageRecord = PageEvent | PageIncident;

const recorders = new WeakMap<Page, Recorder>();

class Recorder {
  readonly records = new Inbox<PageRecord>();
  readonly incidents: PageIncident[] = [];
  /** How often the page has said that a connection of its own is open. */
  openings = 0;

  note(incident: PageIncident): void {
    this.incidents.push(incident);
    this.records.put(incident);
  }
}

/** Starts recording. Must be called before the page is loaded; the fixtures' pages are recorded already. */
export async function record(page: Page): Promise<Page> {
  const recorder = new Recorder();
  recorders.set(page, recorder);
  const movements = watchMovements(page);
  await reportEvents(page, (event) => {
    if (event.type === "pat-inject-async-state" && event.detail["state"] === "open") recorder.openings += 1;
    const isOfFence = movements.hear(event.detail, event.type === "pat-inject-async-injected");
    if (!isOfFence) recorder.records.put(event);
  });
  // Not "framenavigated", which comes for history.replaceState too, and pat-inject calls that on every page.
  page.on("domcontentloaded", () => recorder.note({ type: "navigation", text: page.url() }));
  page.on("dialog", (dialog) => {
    recorder.note({ type: "dialog", text: `${dialog.type()}: ${dialog.message()}` });
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => recorder.note({ type: "error", text: error.message }));
  page.on("console", (line) => {
    if (line.type() === "error") recorder.note({ type: "console", text: `${line.text()} (${line.location().url})` });
  });
  return page;
}

/** Everything that has happened on the page so far and that no earlier call has returned, in order. */
export async function drainEvents(page: Page): Promise<PageRecord[]> {
  // What the page has reported arrives in order, so an answer from it comes after all reports before.
  await page.evaluate(() => {});
  return recorderOf(page).records.drain();
}

/**
 * The next of the library's events that no earlier call has returned, whether it has come already or not.
 *
 * @param detail properties that its `detail` must have; events without them stay for others.
 */
export function nextEvent(
  page: Page,
  type: EventName,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<PageEvent> {
  const expected = `${type} ${JSON.stringify(detail)}`;
  const found = recorderOf(page).records.next(expected, (entry) => entry.type === type && hasDetail(entry, detail));
  return found.then((entry) => {
    if (!("detail" in entry)) throw new Error(`expected ${expected}, found ${entry.type}`);
    return entry;
  });
}

/** How often a connection of the page has been open so far; undefined for a page that is not recorded. */
export function openings(page: Page): number | undefined {
  return recorders.get(page)?.openings;
}

/** How often the page has been loaded or reloaded so far; 1 after the first `goto`. */
export function navigations(page: Page): number {
  return recorderOf(page).incidents.filter(({ type }) => type === "navigation").length;
}

/** Errors and dialogs so far, as lines of text: what should not happen to a user. */
export function troubles(page: Page): string[] {
  return recorderOf(page)
    .incidents.filter(({ type }) => type !== "navigation")
    .map(({ type, text }) => `${type}: ${text}`);
}

function recorderOf(page: Page): Recorder {
  const recorder = recorders.get(page);
  if (recorder === undefined) throw new Error("expected a recorded page, found one that record() has not seen");
  return recorder;
}

function hasDetail(entry: PageRecord, detail: Readonly<Record<string, unknown>>): boolean {
  if (!("detail" in entry)) return false;
  return Object.entries(detail).every(([name, value]) => entry.detail[name] === value);
}
