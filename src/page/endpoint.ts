/**
 * One endpoint on this page: the elements that use it, and the way of a message through the rooms, from the connection by
 * way of delivery to injection. The wiring, and no more.
 */
import { Connection } from "../connection/connection.ts";
import type { Past } from "../connection/stream.ts";
import { type Positions, Streams } from "../connection/streams.ts";
import { Delivery } from "../delivery/delivery.ts";
import { Near } from "../delivery/near.ts";
import { Snippets } from "../delivery/snippets/batch.ts";
import { parseArgument } from "../ground/argument.ts";
import { dom, isOnPage, unshadowed } from "../ground/dom.ts";
import { type ConnectionState, emit, warn } from "../ground/events.ts";
import type { Job } from "../ground/job.ts";
import { watchLifecycle } from "../ground/lifecycle.ts";
import type { Options } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import type { InjectMessage, PushMessage } from "../ground/protocol.ts";
import { requireTargets, targetExists } from "../ground/targets.ts";
import { resolve } from "../ground/url.ts";
import { describeSnippet } from "../injection/describe.ts";
import { Injector } from "../injection/injector.ts";
import { signRequests } from "./author.ts";
import { Outcomes } from "./outcomes.ts";
import { Placeholders } from "./placeholders.ts";
import { firePushMarker } from "./push-marker.ts";
import { Session } from "./session.ts";
import { compareOptions } from "./shared-options.ts";

/** An element that uses the endpoint. */
export interface Subscriber {
  readonly element: Element;
  readonly options: Options;
  /** The element has left the page. */
  removed(): void;
}

/** The attribute in which every element of the endpoint shows the state of the connection. */
const STATE_ATTRIBUTE = "data-inject-async-state";

export class Endpoint {
  readonly #options: Options;
  readonly #subscribers = new Set<Subscriber>();
  readonly #streams: Streams;
  readonly #connection: Connection;
  readonly #delivery: Delivery;
  readonly #injector: Injector;
  readonly #placeholders = new Placeholders((url) => {
    if (!this.#session.isForbidden(url)) this.#receive({ url }, this.#placeholders.selectorsFor(url));
  });
  readonly #session = new Session((reason) => {
    warn(reason);
    emit(this.#anchor(), "unauthorized", { reason, url: this.#options.url });
  });
  readonly #outcomes = new Outcomes({
    placeholders: this.#placeholders,
    session: this.#session,
    anchor: () => this.#anchor(),
    retry: (job, changes) => this.#delivery.add(job, changes),
  });
  #undos: (() => void)[] = [];
  #arrivals = 0;

  /**
   * @param options of the first element: the others of an endpoint share them.
   * @param positions from which its streams are wanted.
   */
  constructor(options: Options, positions: Positions) {
    this.#options = options;
    const outcomes = this.#outcomes;
    const snippets = new Snippets(options, {
      fetching: (url, urls, trace) =>
        emit(this.#anchor(), "fetch", { url: url.href, snippets: urls.map(({ href }) => href), trace }),
      fetched: () => this.#session.granted(),
    });
    this.#delivery = new Delivery(snippets, new Near(options.jitter), options, {
      hasTarget: targetExists,
      needs: ({ healing, url }) =>
        !healing || healing.some(targetExists) || this.#placeholders.waitingFor(url?.href ?? "").length > 0,
      watch: watchPage,
      describe: (html, job) => describeSnippet(html, job, job.url ? this.#placeholders.targetsFor(job.url.href) : []),
      put: (content) => this.#injector.put(content),
      backlog: () => this.#injector.size,
      failed: (error, job, changes) => outcomes.failed(error, job, changes),
      missed: (change) => outcomes.missed(change),
      full: () => this.#gap(),
    });
    this.#injector = new Injector({
      failed: (error, job, changes) => outcomes.failed(error, job, changes),
      gone: (change) => this.#delivery.add(change.job, [change]),
      known: (changes, snippet) => this.#delivery.enter(changes, snippet),
      injected: (target, successor, change) => outcomes.injected(target, successor, change),
    });
    this.#streams = new Streams(positions, {
      message: (message) => this.#message(message),
      synchronised: (past) => this.#synchronised(past),
    });
    this.#connection = new Connection(options.url, this.#streams, {
      state: (state) => this.#showState(state),
      rejected: (error) => outcomes.rejected(error),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The newest positions seen. */
  get positions(): Positions {
    return this.#streams.positions;
  }

  get isUnused(): boolean {
    return this.#subscribers.size === 0;
  }

  start(): void {
    this.#undos = [
      watchPage({ removed: () => this.#releaseRemoved() }),
      // What failed while nobody was looking may succeed now, after a login in another tab for example.
      watchLifecycle({ wake: () => this.#lookedAt() }),
      signRequests(),
    ];
    this.#connection.start();
  }

  stop(): void {
    for (const undo of this.#undos.splice(0)) undo();
    for (const part of [this.#connection, this.#placeholders, this.#delivery, this.#injector, this.#outcomes]) {
      part.stop();
    }
  }

  add(subscriber: Subscriber): void {
    const { element, options } = subscriber;
    compareOptions(options, this.#options);
    this.#subscribers.add(subscriber);
    unshadowed(element).setAttribute(STATE_ATTRIBUTE, this.#connection.state);
    if (options.pending !== undefined) this.#placeholders.add(element, options.pending);
    if (options.refresh !== undefined) this.#placeholders.addRefreshed(element, options.refresh);
  }

  remove(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#placeholders.remove(subscriber.element);
    unshadowed(subscriber.element).removeAttribute(STATE_ATTRIBUTE);
  }

  /** Where events go that belong to no target. */
  #anchor(): Element {
    for (const { element } of this.#subscribers) if (isOnPage(element)) return element;
    return dom.body;
  }

  #message(message: InjectMessage | PushMessage): void {
    if (message.type !== "push") {
      this.#receive(message);
      return;
    }
    emit(this.#anchor(), "message", { message, trace: message.id ?? message.marker, isHealing: false });
    // What listens is not the library's, and may throw: the messages behind this one must not suffer.
    try {
      firePushMarker(message.marker);
    } catch (error) {
      warn(`push marker ${message.marker}: ${error}`);
    }
  }

  /** @param healing the placeholders that ask for themselves, as selectors. */
  #receive(message: InjectMessage, healing?: readonly string[]): void {
    const trace = message.trace ?? message.id ?? Math.random().toString(36).slice(2);
    emit(this.#anchor(), "message", { message, trace, isHealing: healing !== undefined });
    try {
      const url = message.url === undefined ? undefined : resolve(message.url, this.#options.allow);
      // What it names within the snippet is no matter of fetching: one URL is fetched once.
      if (url?.hash) url.hash = "";
      const received = performance.now();
      const job: Job = { arrivalNumber: ++this.#arrivals, url, message, trace, received, healing };
      const changes =
        message.inject === undefined ? undefined : parseArgument(message.inject, job, fragmentOf(message));
      for (const { target, action } of changes ?? []) requireTargets(target, action);
      this.#delivery.add(job, changes);
      if (url && !healing) this.#named(url);
    } catch (error) {
      this.#outcomes.rejected(error);
    }
  }

  #named({ href }: URL): void {
    this.#session.named(href);
    this.#placeholders.messaged(href);
  }

  /** Messages may have been missed. */
  #gap(): void {
    if (this.#placeholders.gap()) emit(this.#anchor(), "gap", { url: this.#options.url });
  }

  #showState(state: ConnectionState): void {
    for (const { element } of this.#subscribers) unshadowed(element).setAttribute(STATE_ATTRIBUTE, state);
    emit(this.#anchor(), "state", { state, url: this.#options.url });
    const isAway = state === "waiting" || state === "connecting";
    if (!isAway) this.#placeholders.rest();
    else if (!this.#session.isOver) this.#placeholders.poll();
    if (state === "stopped") this.#session.ended();
  }

  #synchronised(past: Past): void {
    this.#session.granted();
    this.#delivery.sessionRenewed();
    if (past === "gap") emit(this.#anchor(), "gap", { url: this.#options.url });
    if (past !== "replayed") this.#placeholders.gap();
  }

  #lookedAt(): void {
    this.#delivery.sessionRenewed();
    this.#placeholders.askAll();
  }

  #releaseRemoved(): void {
    for (const subscriber of [...this.#subscribers]) if (!isOnPage(subscriber.element)) subscriber.removed();
  }
}

/** The snippet's fragment, as it is written: it names the default source and target. */
function fragmentOf({ url }: InjectMessage): string | undefined {
  const at = url?.indexOf("#") ?? -1;
  return at < 0 ? undefined : url?.slice(at);
}
