/**
 * One endpoint on this page: its connection, the elements that use it, and what its messages do.
 */
import { Connection, type ConnectionState } from "./connection.ts";
import { emit, note, warn } from "./events.ts";
import { Healer } from "./healer.ts";
import { watchLifecycle } from "./lifecycle.ts";
import type { Options } from "./options.ts";
import { type InjectMessage, type Position, ProtocolError, type PushMessage } from "./protocol.ts";
import { firePushMarker } from "./push-marker.ts";
import { Receiver } from "./receiver.ts";
import type { UnauthorizedError } from "./snippet.ts";
import { type Past, Stream } from "./stream.ts";

/** An element that uses the endpoint. */
export interface Subscriber {
  readonly element: Element;
  readonly options: Options;
  /** The element has left the page. */
  removed(): void;
}

/** What the last refusal said: nothing yet, 403 for a snippet, or the end of the session. */
type Access = "granted" | "forbidden" | "over";

/** The attribute in which every element of the endpoint shows the state of the connection. */
const STATE_ATTRIBUTE = "data-inject-async-state";

export class Channel {
  readonly #url: string;
  readonly #subscribers = new Set<Subscriber>();
  /** The elements that still wait for their snippet, and its URL. */
  readonly #pending = new Map<Element, string>();
  /** Those of these URLs that are not for this user: not asked for again, unless a message names them. */
  readonly #forbidden = new Set<string>();
  readonly #stream: Stream;
  readonly #connection: Connection;
  readonly #receiver: Receiver;
  readonly #healer: Healer;
  #access: Access = "granted";
  #unwatch: (() => void) | undefined;

  /**
   * @param options of the first element: the others of an endpoint share them.
   * @param position from which the stream is wanted; null when that is not known.
   */
  constructor(options: Options, position: Position | null) {
    this.#url = options.url;
    this.#receiver = new Receiver(options, {
      anchor: () => this.#anchor(),
      waitingFor: (url) => this.#waitingFor(absolute(url)),
      isWaiting: (element) => this.#pending.has(element),
      rejected: (error) => this.#rejected(error),
      unauthorized: (error) => this.#unauthorized(error),
      overflowed: () => {
        if (this.#healer.gap()) emit(this.#anchor(), "gap", { url: this.#url });
      },
      fetched: () => {
        this.#access = "granted";
      },
      replaced: (target) => this.#satisfied(target),
    });
    this.#healer = new Healer(
      () => [...this.#pending.values()].filter((url) => !this.#forbidden.has(url)),
      (url) => this.#receiver.receive({ type: "inject", url }, true),
    );
    this.#stream = new Stream(position, {
      message: (message) => this.#message(message),
      synchronised: (past) => this.#synchronised(past),
    });
    this.#connection = new Connection(options.url, this.#stream, {
      state: (state) => this.#showState(state),
      rejected: (error) => this.#rejected(error),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The newest stream position seen; null when none is known. */
  get position(): Position | null {
    return this.#stream.position;
  }

  get empty(): boolean {
    return this.#subscribers.size === 0;
  }

  start(): void {
    // What could not be had while nobody was looking, after a login in another tab for example, may be there now.
    this.#unwatch = watchLifecycle({ wake: () => this.#lookedAt() });
    this.#connection.start();
  }

  stop(): void {
    this.#unwatch?.();
    this.#connection.stop();
    this.#receiver.stop();
    this.#healer.stop();
  }

  add(subscriber: Subscriber): void {
    const { element, options } = subscriber;
    this.#subscribers.add(subscriber);
    element.setAttribute(STATE_ATTRIBUTE, this.#connection.state);
    if (options.pending === undefined) return;
    const url = absolute(options.pending);
    element.setAttribute("aria-busy", "true");
    this.#pending.set(element, url);
    this.#healer.appeared(url);
  }

  remove(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    if (this.#pending.delete(subscriber.element)) subscriber.element.removeAttribute("aria-busy");
    subscriber.element.removeAttribute(STATE_ATTRIBUTE);
  }

  /** Something was removed from the page: was it ours? */
  checkElements(): void {
    for (const subscriber of [...this.#subscribers]) {
      if (!subscriber.element.isConnected) subscriber.removed();
    }
    this.#receiver.checkTargets();
  }

  #lookedAt(): void {
    this.#receiver.retryKept();
    this.#healer.now();
  }

  #message(message: InjectMessage | PushMessage): void {
    if (message.type === "push") {
      note("message", message);
      // What listens is not ours, and may throw: the messages behind this one must not suffer.
      try {
        firePushMarker(message.marker);
      } catch (error) {
        warn(`push marker ${message.marker}: ${error}`);
      }
      return;
    }
    const address = this.#receiver.receive(message);
    if (!address) return;
    this.#forbidden.delete(address.href);
    this.#healer.messaged(address.href);
  }

  #showState(state: ConnectionState): void {
    for (const { element } of this.#subscribers) element.setAttribute(STATE_ATTRIBUTE, state);
    emit(this.#anchor(), "state", { state, url: this.#url });
    const isAway = state === "waiting" || state === "connecting";
    if (!isAway) this.#healer.rest();
    else if (this.#access !== "over") this.#healer.poll();
    if (state === "stopped") this.#deny("over", "the server says that the session is over");
  }

  #synchronised(past: Past): void {
    // It may be somebody else's session.
    if (this.#access === "over") this.#forbidden.clear();
    this.#access = "granted";
    this.#receiver.retryKept();
    if (past === "gap") emit(this.#anchor(), "gap", { url: this.#url });
    if (past !== "replayed") this.#healer.gap();
  }

  #satisfied(target: Element): void {
    target.removeAttribute("aria-busy");
    this.#pending.delete(target);
  }

  #waitingFor(url: string): Element[] {
    return [...this.#pending].filter(([, pending]) => pending === url).map(([element]) => element);
  }

  #rejected(error: Error): void {
    const [expected, found] =
      error instanceof ProtocolError ? [`${error.property}: ${error.expected}`, error.found] : [error.message, ""];
    warn(`message rejected, ${error.message}`);
    emit(this.#anchor(), "rejected", { message: error.message, expected, found });
  }

  #unauthorized(error: UnauthorizedError): void {
    if (!error.isSessionOver) this.#forbidden.add(error.url);
    // Asking on would not help: until someone looks at the page again, nothing is asked for any more.
    if (error.isSessionOver) this.#healer.rest();
    this.#deny(error.isSessionOver ? "over" : "forbidden", error.message);
  }

  /** Said once, however many requests find out; the end of the session also after a mere 403. */
  #deny(access: Exclude<Access, "granted">, reason: string): void {
    if (this.#access === "over" || this.#access === access) return;
    this.#access = access;
    warn(reason);
    emit(this.#anchor(), "unauthorized", { reason, url: this.#url });
  }

  #anchor(): Element {
    for (const { element } of this.#subscribers) if (element.isConnected) return element;
    return document.body;
  }
}

function absolute(url: string): string {
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).href : url;
}
