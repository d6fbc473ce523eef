/**
 * The placeholders of an endpoint: elements that wait for a snippet. None waits for ever: its URL is fetched again when
 * messages may have been missed, and now and then while there is no connection and someone is looking. Beside them, those
 * that are refreshed: they wait for nothing, and are only fetched again when messages may have been missed.
 */
import { dom, idOf, isOnPage, unshadowed } from "../ground/dom.ts";
import { remember } from "../ground/remember.ts";
import { Timer } from "../ground/timer.ts";
import { absolute } from "../ground/url.ts";

/** How long push may be away before it is done without, in milliseconds. */
const PUSH_PATIENCE_MS = 10_000;
/** The longest time between two rounds of asking, in milliseconds. */
const MAX_PAUSE_MS = 60_000;
/** After a gap every browser of the site asks again: they spread over this time, in milliseconds. */
const SPREAD_MS = 2_000;
/** For how long, in milliseconds, and for how many URLs a message is remembered. */
const RECENT_MS = 30_000;
const MAX_RECENT_URLS = 1_000;

/** Have a URL fetched again, for the elements that wait for it. */
type Ask = (url: string) => void;

export class Placeholders {
  readonly #ask: Ask;
  /** The URL that each of them waits for, absolute. */
  readonly #pending = new Map<Element, string>();
  /** The URL with which each of the others is refreshed, absolute. */
  readonly #refreshed = new Map<Element, string>();
  readonly #recent = new Map<string, number>();
  readonly #poll = new Timer(() => this.#pollOnce());
  readonly #heal = new Timer(() => {
    this.#forgetRemoved();
    this.#askFor([...this.#pending.values(), ...this.#refreshed.values()]);
  });
  #round = 0;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** @param pending the URL that the element waits for. */
  add(element: Element, pending: string): void {
    const url = withoutFragment(pending);
    unshadowed(element).setAttribute("aria-busy", "true");
    this.#pending.set(element, url);
    const messaged = this.#recent.get(url);
    // Once for each message: what is fetched may well be a placeholder again.
    this.#recent.delete(url);
    // Rendered before the message and here after it, the element will not get another one.
    if (messaged !== undefined && Date.now() - messaged < RECENT_MS) this.#ask(url);
  }

  /** @param refresh the URL of the snippet that shows the element's newest state. */
  addRefreshed(element: Element, refresh: string): void {
    this.#forgetRemoved();
    this.#refreshed.set(element, withoutFragment(refresh));
  }

  /** The element is not used any more. */
  remove(element: Element): void {
    this.satisfy(element);
    // What has been replaced is kept until its successor is known.
    if (isOnPage(element)) this.#refreshed.delete(element);
  }

  /** The element has what it has waited for. */
  satisfy(element: Element): void {
    if (this.#pending.delete(element)) unshadowed(element).removeAttribute("aria-busy");
  }

  /** Something else stands in the place of an element: it is refreshed as well, whether or not it says so. */
  replaced(element: Element, successor: Element): void {
    const url = this.#refreshed.get(element);
    if (url === undefined || element === successor) return;
    this.#refreshed.delete(element);
    this.#refreshed.set(successor, url);
  }

  has(element: Element): boolean {
    return this.#pending.has(element);
  }

  /** Elements that the snippet with this URL is for. */
  waitingFor(url: string): Element[] {
    return [...this.#pending, ...this.#refreshed].flatMap(([element, own]) =>
      own === url && isOnPage(element) ? element : [],
    );
  }

  /** As {@link waitingFor}, for what can be found again when something else stands in its place. */
  selectorsFor(url: string): string[] {
    return this.waitingFor(url).flatMap(selectorOf);
  }

  /** The same in pat-inject's words. What is refreshed stays, with new content. */
  targetsFor(url: string): string[] {
    return this.waitingFor(url).flatMap((element) =>
      selectorOf(element).map((selector) => selector + (this.#pending.has(element) ? "::element" : "")),
    );
  }

  /** A message for this URL arrived. */
  messaged(url: string): void {
    remember(this.#recent, url, Date.now(), MAX_RECENT_URLS);
  }

  /** Messages may have been missed: ask, but not all browsers at once. Returns false when that is about to happen already. */
  gap(): boolean {
    return this.#heal.start(Math.random() * SPREAD_MS);
  }

  /** Ask for everything that is waited for. */
  askAll(): void {
    this.#askFor(this.#pending.values());
  }

  /** There is no connection: go on without it, asking from time to time. */
  poll(): void {
    this.#poll.start(PUSH_PATIENCE_MS * (1 + Math.random() / 2));
  }

  /** Messages come again, or there is no point in asking. */
  rest(): void {
    this.#poll.stop();
    this.#round = 0;
  }

  stop(): void {
    this.rest();
    this.#heal.stop();
    this.#recent.clear();
    this.#refreshed.clear();
  }

  #pollOnce(): void {
    if (dom.visibilityState === "visible") this.askAll();
    // At least half of the time that is due: jitter must not turn into a burst.
    const due = Math.min(MAX_PAUSE_MS, PUSH_PATIENCE_MS * 2 ** this.#round++);
    this.#poll.start((due * (1 + Math.random())) / 2);
  }

  #forgetRemoved(): void {
    for (const element of this.#refreshed.keys()) if (!isOnPage(element)) this.#refreshed.delete(element);
  }

  #askFor(urls: Iterable<string>): void {
    for (const url of new Set(urls)) this.#ask(url);
  }
}

function selectorOf(element: Element): string[] {
  const id = idOf(element);
  return id ? [`#${CSS.escape(id)}`] : [];
}

/** As it is fetched. */
function withoutFragment(text: string): string {
  const url = absolute(text);
  if (!url) return text;
  url.hash = "";
  return url.href;
}
