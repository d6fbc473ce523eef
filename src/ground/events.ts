/**
 * The public DOM events: `CustomEvent`s named `pat-inject-async-<what>`, bubbling, typed. Failures, but for `missed` and `gap`,
 * are also one line in the log, which `warn` alone writes.
 */
import type { InjectMessage, PushMessage } from "./protocol.ts";

/**
 * State of an endpoint's connection:
 *
 * - `idle`: not started, or stopped by the library.
 * - `connecting`: a socket is being opened.
 * - `open`: messages flow.
 * - `waiting`: closed; the next attempt is scheduled, or waits for the page to come back.
 * - `stopped`: the session is over; tried again when the page is looked at.
 */
export type ConnectionState = "idle" | "connecting" | "open" | "waiting" | "stopped";

/** What an injection is about. */
export interface InjectionDetail {
  /** The id of the message, when it had one. */
  readonly id: string | undefined;
  /** The name under which the message is found in logs: its own `trace`, else its id, else a random one. */
  readonly trace: string;
  /** The URL of the snippet; undefined when it came with the message. */
  readonly url: string | undefined;
  /** The target's selector, without modifiers. */
  readonly target: string;
  /** pat-inject's word for what happens to it: `content` or `element`, with `before`, `after` or nothing behind it. */
  readonly action: string;
}

/** When things happened, in milliseconds on the page's clock, `performance.now()`. */
export interface Timings {
  /** The message arrived. */
  readonly received: number;
  /** The snippet was there. The same as `received` when it came with the message. */
  readonly fetched: number;
  /** In place, and its patterns initialised. */
  readonly injected: number;
}

export interface EventDetails {
  /** The connection changed its state. On the first element of the endpoint, whose URL it has. */
  state: { readonly state: ConnectionState; readonly url: string };
  /** A message arrived, or a placeholder asks for itself (`isHealing`). On the first element of the endpoint. */
  message: { readonly message: InjectMessage | PushMessage; readonly trace: string; readonly isHealing: boolean };
  /** A request is made to `url` for these snippets, several with the batch view. On the first element of the endpoint. */
  fetch: { readonly url: string; readonly snippets: readonly string[]; readonly trace: string };
  /** About to inject, on the target. Cancelable. The fragment may be changed. */
  "before-inject": InjectionDetail & { readonly fragment: DocumentFragment };
  /** Injected and scanned for patterns, on the target, or on what replaced it. */
  injected: InjectionDetail & { readonly timings: Timings };
  /** A message that is invalid, or asks for what is not allowed. On the first element of the endpoint. */
  rejected: { readonly message: string; readonly expected: string; readonly found: string };
  /** A snippet that could not be fetched or injected. On each of its targets. */
  error: {
    readonly error: Error;
    readonly url: string | undefined;
    readonly id: string | undefined;
    readonly trace: string;
  };
  /** A message was given up because its target did not appear. `count` of them so far. On the endpoint's first element. */
  missed: Omit<InjectionDetail, "action"> & { readonly count: number };
  /** Messages may have been missed, and cannot be replayed. On the first element of the endpoint, whose URL it has. */
  gap: { readonly url: string };
  /** The session is over, or the user may not see the snippet. On the first element of the endpoint, whose URL it has. */
  unauthorized: { readonly reason: string; readonly url: string };
}

export type EventName = keyof EventDetails;

type PublicEvents = { [K in EventName as `pat-inject-async-${K}`]: CustomEvent<EventDetails[K]> };

declare global {
  interface GlobalEventHandlersEventMap extends PublicEvents {}
}

/** Dispatch an event. Returns false when it was cancelable and has been cancelled. */
export function emit<K extends EventName>(element: Element, what: K, detail: EventDetails[K]): boolean {
  const cancelable = what === "before-inject";
  const event = new CustomEvent(`pat-inject-async-${what}`, { bubbles: true, cancelable, detail });
  // A field called so shadows the method of its form.
  return EventTarget.prototype.dispatchEvent.call(element, event);
}

const told = new Set<string>();

/** As {@link warn}, but each line only once: many elements may inherit the same fault. */
export function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  warn(message);
}

/** Say in one line of the browser's log what went wrong. */
export function warn(message: string): void {
  // biome-ignore lint/suspicious/noConsole: the log that a page's developer reads.
  console.warn(`pat-inject-async: ${message}`);
}
