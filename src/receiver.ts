/**
 * What happens to a message, from its arrival to the page: is it allowed, is its target there, fetch, order, inject, and
 * say what happened. Knows nothing of connections.
 */
import { Delivery, type Request } from "./delivery.ts";
import { emit, type InjectionDetail, warn } from "./events.ts";
import { type Content, describeSnippet, findSources, type Injection, parseArgument } from "./inject.ts";
import { LateTargets } from "./late.ts";
import type { Options } from "./options.ts";
import type { InjectMessage } from "./protocol.ts";
import { fetchSnippet, resolve, UnauthorizedError } from "./snippet.ts";
import { findTargets, isVisible, targetExists } from "./targets.ts";

/** How long a message waits for its target, in milliseconds. */
const PATIENCE = 30_000;
/** How many messages wait for a target, and how many for the next login. The oldest make room. */
const CAPACITY = 500;
/** Largest snippet, in bytes. */
const LIMIT = 5 * 1024 * 1024;

type Delivered = Request<Injection, InjectMessage>;

export interface ReceiverPorts {
  /** Where an event goes that belongs to no target. */
  anchor(): Element;
  /** The elements that wait for this URL. */
  waitingFor(url: string): Element[];
  /** The message cannot be carried out: it is malformed, or asks for what is not allowed. */
  rejected(error: Error): void;
  unauthorized(error: UnauthorizedError): void;
  /** A snippet was fetched: there is a session. */
  fetched(): void;
  /** This target, or its content, was replaced. */
  replaced(target: Element): void;
}

export class Receiver {
  readonly #options: Options;
  readonly #ports: ReceiverPorts;
  readonly #delivery: Delivery<Injection, InjectMessage>;
  readonly #late = new LateTargets<Delivered>((requests) => this.#met(requests), PATIENCE, CAPACITY);
  /** What the session's end has kept from the page. */
  #kept: Delivered[] = [];
  /** Injections happen one after the other, in the order in which the delivery hands them out. */
  #injecting = Promise.resolve();
  #arrivals = 0;
  #stopped = false;

  constructor(options: Options, ports: ReceiverPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#delivery = new Delivery(options.concurrency, {
      fetch: async (url, signal) => {
        const html = await fetchSnippet(url, { ...options, limit: LIMIT }, signal);
        ports.fetched();
        return html;
      },
      describe: (html, url) => {
        const waiting = ports.waitingFor(url).map(({ id }) => id);
        return describeSnippet(html, url, waiting.filter(Boolean));
      },
      apply: (html, request) => {
        this.#injecting = this.#injecting.then(() => this.#inject(html, request));
      },
      failed: (error, request) => this.#failed(error, request),
      visible: (injections) => injections.some(({ target }) => findTargets(target).some(isVisible)),
    });
  }

  receive(message: InjectMessage): void {
    const { url, html, inject } = message;
    try {
      if (url !== undefined) resolve(url, this.#options.allow);
      const parts = inject === undefined ? undefined : parseArgument(inject, url);
      this.#deliver({ arrival: ++this.#arrivals, url, html, parts, message });
    } catch (error) {
      this.#ports.rejected(asError(error));
    }
  }

  /** The session may have been renewed: try again what its end has kept from the page. */
  retryKept(): void {
    for (const request of this.#kept.splice(0)) this.#deliver(request);
  }

  /** Something was removed from the page: fetches for targets that are gone are aborted, and kept should they return. */
  checkTargets(): void {
    for (const request of this.#delivery.withdraw(({ target }) => targetExists(target))) this.#wait(request);
  }

  stop(): void {
    this.#stopped = true;
    this.#kept = [];
    this.#delivery.clear();
    this.#late.stop();
  }

  #deliver(request: Delivered): void {
    const { arrival, parts } = request;
    if (!parts) {
      this.#delivery.add(request);
      return;
    }
    const replaced = new Set(parts.filter(({ kind }) => kind === "replacement").map(({ target }) => target));
    const isOvertaken = (old: Delivered) =>
      old.arrival < arrival && !!old.parts?.every(({ kind, target }) => kind === "replacement" && replaced.has(target));
    this.#late.forget(isOvertaken);
    this.#kept = this.#kept.filter((old) => !isOvertaken(old));
    // No request for what is not on the page.
    const present = parts.filter(({ target }) => targetExists(target));
    this.#wait({ ...request, parts: parts.filter((part) => !present.includes(part)) });
    if (present.length > 0) this.#delivery.add({ ...request, parts: present });
  }

  #wait(request: Delivered): void {
    if (this.#stopped) return;
    for (const part of request.parts ?? []) {
      // What a snippet named itself comes with its own content.
      const content = part.html === undefined ? {} : { url: undefined, html: part.html };
      this.#late.wait(part.target, { ...request, ...content, parts: [part] });
    }
  }

  /** Targets have appeared. What one message has for several of them is one request again. */
  #met(requests: readonly Delivered[]): void {
    const together = new Map<InjectMessage, Delivered>();
    for (const request of requests) {
      const parts = [...(together.get(request.message)?.parts ?? []), ...(request.parts ?? [])];
      together.set(request.message, { ...request, parts });
    }
    for (const request of [...together.values()].sort((a, b) => a.arrival - b.arrival)) this.#deliver(request);
  }

  async #inject(html: string, request: Delivered): Promise<void> {
    const parts = request.parts ?? [];
    const own = parts.filter((part) => part.html !== undefined);
    await this.#put(html, { ...request, parts: parts.filter((part) => part.html === undefined) });
    for (const part of own) await this.#put(part.html ?? html, { ...request, parts: [part] });
  }

  async #put(html: string, request: Delivered): Promise<void> {
    const { parts = [] } = request;
    if (parts.length === 0) return;
    try {
      const sources = await findSources(html, parts);
      if (this.#stopped) return;
      for (const [index, injection] of parts.entries()) {
        const source = sources[index];
        const targets = findTargets(injection.target);
        if (source instanceof Error) this.#failed(source, { ...request, parts: [injection] });
        // It went while its content was on the way.
        else if (targets.length === 0) this.#wait({ ...request, parts: [injection] });
        else if (source) for (const target of targets) this.#putInto(target, source(), injection, request.message);
      }
    } catch (error) {
      this.#failed(error, request);
    }
  }

  #putInto(target: Element, { fragment, into }: Content, injection: Injection, { id, url }: InjectMessage): void {
    const detail: InjectionDetail = { id, url, target: injection.target, action: injection.action };
    if (!emit(target, "before-inject", { ...detail, fragment })) return;
    const before = target.previousElementSibling;
    const parent = target.parentElement;
    try {
      into(target);
    } catch (error) {
      // By now the content is there: what throws is something of the page that listens to pat-inject.
      warn(`after injecting into ${injection.target}: ${error}`);
    }
    if (injection.kind === "replacement") this.#ports.replaced(target);
    // What replaced the target stands where the target stood, unless it was text.
    const inItsPlace = before ? before.nextElementSibling : parent?.firstElementChild;
    const successor = fragment.firstElementChild && inItsPlace;
    emit(target.isConnected ? target : (successor ?? parent ?? document.body), "injected", detail);
  }

  #failed(error: unknown, request: Delivered): void {
    const { id, url } = request.message;
    const failure = asError(error);
    const named = (request.parts ?? []).flatMap(({ target }) => findTargets(target));
    // A snippet that could not be had has not said what its targets are.
    const targets = named.length > 0 || url === undefined ? named : this.#ports.waitingFor(url);
    for (const target of targets) {
      target.classList.add("is-error");
      target.removeAttribute("aria-busy");
    }
    if (failure instanceof UnauthorizedError) {
      if (failure.isSessionOver) this.#kept = [...this.#kept, request].slice(-CAPACITY);
      this.#ports.unauthorized(failure);
      return;
    }
    warn(failure.message);
    const detail = { error: failure, url, id };
    for (const target of targets.length > 0 ? targets : [this.#ports.anchor()]) emit(target, "error", detail);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
