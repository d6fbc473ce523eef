/**
 * What happens to a message, from its arrival to the page: is it allowed, is its target there, fetch, order, inject, and
 * say what happened. Knows nothing of connections.
 */
import { Announcer } from "./announcer.ts";
import { BatchView } from "./batch.ts";
import { Delivery } from "./delivery.ts";
import { emit, note, warn } from "./events.ts";
import { Failures } from "./failure.ts";
import { describeSnippet, type Injection, parseArgument } from "./inject.ts";
import { type Arrival, type Delivered, Injector } from "./injector.ts";
import { LateTargets } from "./late.ts";
import { type EndpointOptions, targetOptions } from "./options.ts";
import { resolve } from "./origin.ts";
import type { InjectMessage } from "./protocol.ts";
import type { Together, Wanted } from "./request.ts";
import { Schedule } from "./schedule.ts";
import { fetchSnippet, SnippetError, UnauthorizedError } from "./snippet.ts";
import { findTargets, requireTargets, targetExists } from "./targets.ts";

/** How long a message waits for its target, in milliseconds. */
const PATIENCE = 30_000;
/** How many changes wait for a target, and how many messages for the next login. The oldest make room. */
const CAPACITY = 500;
/** Parts of messages that are on their way, at most: what exceeds it is a gap. */
const MOST = 20_000;

export interface ReceiverPorts {
  /** Where an event goes that belongs to no target. */
  anchor(): Element;
  /** The elements that wait for this URL. */
  waitingFor(url: string): Element[];
  /** Whether this element still waits for its snippet. */
  isWaiting(element: Element): boolean;
  /** The message cannot be carried out: it is malformed, or asks for what is not allowed. */
  rejected(error: Error): void;
  unauthorized(error: UnauthorizedError): void;
  /** More messages came than can be kept. */
  overflowed(): void;
  /** A snippet was fetched: there is a session. */
  fetched(): void;
  /** This target, or its content, was replaced. */
  replaced(target: Element): void;
}

export class Receiver {
  readonly #options: EndpointOptions;
  readonly #ports: ReceiverPorts;
  readonly #delivery: Delivery<Injection, Arrival>;
  readonly #injector: Injector;
  readonly #schedule: Schedule;
  readonly #batch: BatchView;
  readonly #announcer = new Announcer();
  readonly #failures = new Failures();
  readonly #late: LateTargets<Delivered>;
  /** What the session's end has kept from the page. */
  #kept: Delivered[] = [];
  #arrivals = 0;
  #missed = 0;
  #stopped = false;

  constructor(options: EndpointOptions, ports: ReceiverPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#schedule = new Schedule(options.jitter);
    this.#batch = new BatchView(options.batch, options);
    this.#late = new LateTargets(
      { appeared: (requests) => this.#met(requests), missed: (request) => this.#miss(request) },
      PATIENCE,
      CAPACITY,
    );
    this.#injector = new Injector({
      failed: (error, request) => this.#failed(error, request),
      gone: (request) => this.#met(contentsOf(request)),
      injected: (target, successor, injection, arrival) => this.#injected(target, successor, injection, arrival),
    });
    this.#delivery = new Delivery(options.concurrency, {
      fetch: (wanted) => this.#fetch(wanted),
      fetchTogether: (wanted) => this.#fetchTogether(wanted),
      atOnce: () => this.#batch.size,
      schedule: (parts, { message }, start) => {
        const targets = parts?.map(({ target }) => target);
        return this.#schedule.plan(targets, message.broadcast ?? false, start);
      },
      describe: (html, url) => {
        const waiting = ports.waitingFor(url).map(({ id }) => id);
        return describeSnippet(html, url, waiting.filter(Boolean));
      },
      apply: (html, request) => this.#injector.put(html, request),
      failed: (error, request) => this.#failed(error, request),
    });
  }

  /**
   * @param isHealing the message is an element's, that waits, and nobody else's.
   * @returns the URL that will be fetched, if the message has one and it is allowed.
   */
  receive(message: InjectMessage, isHealing = false): URL | undefined {
    const { id, url, html, inject } = message;
    const trace = message.trace ?? id ?? Math.random().toString(36).slice(2);
    note(isHealing ? "heal" : "message", { ...message, trace });
    try {
      const address = url === undefined ? undefined : resolve(url, this.#options.allow);
      const parts = inject === undefined ? undefined : parseArgument(inject, url);
      if (this.#delivery.size + this.#injector.size >= MOST) {
        this.#ports.overflowed();
        return undefined;
      }
      const arrival = { message, isHealing, trace, received: performance.now() };
      // Absolute from here on: one and the same text, however it is written.
      this.#deliver({ arrival: ++this.#arrivals, url: address?.href, html, parts, message: arrival });
      return address;
    } catch (error) {
      this.#ports.rejected(asError(error));
      return undefined;
    }
  }

  /** The session may have been renewed: try again what its end has kept from the page. */
  retryKept(): void {
    for (const request of this.#kept.splice(0)) this.#deliverAgain(request);
  }

  /** Something was removed from the page: fetches for targets that are gone are aborted, and kept should they return. */
  checkTargets(): void {
    for (const request of this.#delivery.withdraw(({ target }) => targetExists(target))) this.#wait(request);
    const isNeedless = ({ url = "", message }: Delivered) =>
      message.isHealing && this.#ports.waitingFor(url).length === 0;
    this.#delivery.abandon(isNeedless);
    this.#schedule.checkTargets();
    this.#injector.checkTargets();
    this.#failures.checkTargets();
  }

  stop(): void {
    this.#stopped = true;
    this.#kept = [];
    this.#delivery.clear();
    this.#injector.stop();
    this.#schedule.stop();
    this.#announcer.stop();
    this.#failures.stop();
    this.#late.stop();
  }

  /** What has been accepted before, and fails now, is no bad message. */
  #deliverAgain(request: Delivered): void {
    if (this.#stopped) return;
    try {
      this.#deliver(request);
    } catch (error) {
      this.#failed(error, { ...request, parts: [] });
    }
  }

  #deliver(request: Delivered): void {
    const { parts } = request;
    if (!parts) {
      this.#delivery.add(request);
      return;
    }
    this.#forgetOlder(request.arrival, parts);
    // No request for what is not on the page.
    const present = parts.filter(({ target }) => requireTargets(target).length > 0);
    this.#wait({ ...request, parts: parts.filter((part) => !present.includes(part)) });
    if (present.length > 0) this.#delivery.add({ ...request, parts: present });
  }

  /** What waits for the same targets, and would only be replaced again. */
  #forgetOlder(arrival: number, parts: readonly Injection[]): void {
    const replaced = new Set(parts.filter(({ kind }) => kind === "replacement").map(({ target }) => target));
    const isOvertaken = (old: Delivered) =>
      old.arrival < arrival && !!old.parts?.every(({ kind, target }) => kind === "replacement" && replaced.has(target));
    for (const target of replaced) this.#late.forget(target, isOvertaken);
    if (this.#kept.length > 0) this.#kept = this.#kept.filter((old) => !isOvertaken(old));
  }

  async #fetch({ url, message: { trace }, signal }: Wanted<Arrival>): Promise<string> {
    note("fetch", { url, trace });
    const html = await fetchSnippet(new URL(url), trace, this.#options, signal);
    this.#ports.fetched();
    return html;
  }

  async #fetchTogether(wanted: readonly Wanted<Arrival>[]): Promise<readonly Together[]> {
    const items = wanted.map(({ url, message: { trace }, signal }) => ({ url: new URL(url), trace, signal }));
    note("fetch", { batch: this.#options.batch?.pathname, urls: items.map(({ url }) => url.pathname) });
    const snippets = await this.#batch.fetch(items);
    if (snippets.some((snippet) => typeof snippet === "object")) this.#ports.fetched();
    return snippets;
  }

  #wait(request: Delivered): void {
    if (this.#stopped) return;
    for (const one of contentsOf(request)) for (const { target } of one.parts ?? []) this.#late.wait(target, one);
  }

  #miss({ parts, message: { message, trace } }: Delivered): void {
    const { id, url } = message;
    for (const { target } of parts ?? []) {
      emit(this.#ports.anchor(), "missed", { id, trace, url, target, count: ++this.#missed });
    }
  }

  /** Targets have appeared. What one message has for several of them is one request again. */
  #met(requests: readonly Delivered[]): void {
    const together = new Map<Arrival, Delivered>();
    for (const request of requests) {
      const parts = [...(together.get(request.message)?.parts ?? []), ...(request.parts ?? [])];
      together.set(request.message, { ...request, parts });
    }
    for (const request of [...together.values()].sort((a, b) => a.arrival - b.arrival)) this.#deliverAgain(request);
  }

  #injected(target: Element, successor: Element, { kind, action }: Injection, { message }: Arrival): void {
    const announcement = message.announce ?? targetOptions(target).announce;
    if (announcement !== undefined) this.#announcer.say(announcement);
    if (kind !== "replacement") return;
    this.#failures.clear(target, true);
    this.#failures.clear(successor, true);
    // A placeholder that was morphed into a placeholder goes on waiting.
    if (action === "content" || !target.isConnected) this.#ports.replaced(target);
  }

  #failed(error: unknown, request: Delivered): void {
    const { message, trace } = request.message;
    const { id, url } = message;
    const failure = asError(error);
    const named = (request.parts ?? []).flatMap(({ target }) => findTargets(target));
    // A snippet that could not be had has not said what its targets are.
    const targets = named.length > 0 || url === undefined ? named : this.#ports.waitingFor(url);
    const isPassing = failure instanceof SnippetError && failure.passing;
    const retry = isPassing ? () => this.#deliverAgain(request) : undefined;
    for (const target of targets) this.#failures.show(target, this.#ports.isWaiting(target), retry);
    if (failure instanceof UnauthorizedError) {
      if (failure.isSessionOver) this.#kept = [...this.#kept, request].slice(-CAPACITY);
      this.#ports.unauthorized(failure);
      return;
    }
    warn(failure.message);
    const detail = { error: failure, url, id, trace };
    for (const target of targets.length > 0 ? targets : [this.#ports.anchor()]) emit(target, "error", detail);
  }
}

/** A request for each part. What a snippet named itself comes with its own content. */
function contentsOf(request: Delivered): Delivered[] {
  return (request.parts ?? []).map((part) => {
    const content = part.html === undefined ? {} : { url: undefined, html: part.html };
    return { ...request, ...content, parts: [part] };
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
