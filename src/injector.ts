/**
 * Puts content that is ready into its targets: in order, without interrupting the user, and in slices, so that a burst of
 * messages neither freezes the page nor pays for each of its injections what one scan for patterns can do for many.
 */
import { Courtesy } from "./courtesy.ts";
import { emit, type InjectionDetail, warn } from "./events.ts";
import type { Injection } from "./inject.ts";
import { morph } from "./morph.ts";
import { targetOptions } from "./options.ts";
import type { InjectMessage } from "./protocol.ts";
import type { Request } from "./request.ts";
import { scan } from "./scan.ts";
import { type Content, findSources } from "./sources.ts";
import { requireTargets } from "./targets.ts";

/** What is done in one task of the browser, in milliseconds: its scan comes on top, and a frame has 16. */
const BUDGET = 8;
/** How many of those that are in place are still kept, at most. */
const MOST_DONE = 1_000;
/** Injections closer to each other than this, in milliseconds, are a burst. */
const BURST = 20;

/** A message, and what is known of it since it arrived. */
export interface Arrival {
  readonly message: InjectMessage;
  /** Asked for by an element that waits, and by nobody else. */
  readonly isHealing: boolean;
  /** Its name in logs. */
  readonly trace: string;
  /** When it arrived, in milliseconds, `performance.now()`. */
  readonly received: number;
}

export type Delivered = Request<Injection, Arrival>;

export interface InjectorPorts {
  failed(error: unknown, request: Delivered): void;
  /** A target is not there any more: keep what was for it. */
  gone(request: Delivered): void;
  /** In place; `target` is what the content was for, `successor` what stands there now. */
  injected(target: Element, successor: Element, injection: Injection, arrival: Arrival): void;
}

/** Done, but not yet scanned and told. */
interface Applied {
  /** The target's selector. */
  readonly target: string;
  readonly nodes: readonly Node[];
  tell(): void;
}

export class Injector {
  readonly #ports: InjectorPorts;
  readonly #courtesy = new Courtesy();
  #ready: { readonly html: string; readonly request: Delivered }[] = [];
  #next = 0;
  #slices: Promise<void> | undefined;
  /** What has been done in this slice of a burst. */
  #applied: Applied[] | undefined;
  #ended = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(ports: InjectorPorts) {
    this.#ports = ports;
  }

  /** @param request what `html` is for; its parts are applied after those of all earlier calls. */
  put(html: string, request: Delivered): void {
    this.#ready.push({ html, request });
    this.#slices ??= this.#run();
  }

  /** How many are ready and have not been put into their targets. */
  get size(): number {
    return this.#ready.length - this.#next;
  }

  /** Something was removed from the page. */
  checkTargets(): void {
    this.#courtesy.checkTargets();
  }

  stop(): void {
    this.#isStopped = true;
    this.#ready = [];
    this.#courtesy.stop();
  }

  async #run(): Promise<void> {
    // In a burst, what has arrived behind this one is taken along; at rest nothing is waited for.
    if (performance.now() - this.#ended < BURST) await nextTask();
    while (this.#next < this.#ready.length) {
      await this.#slice();
      // A flood may never end: what is done with must not be kept until it does.
      if (this.#next >= MOST_DONE) {
        this.#ready = this.#ready.slice(this.#next);
        this.#next = 0;
      }
      if (this.#next < this.#ready.length) await nextTask();
    }
    this.#ready = [];
    this.#next = 0;
    // Not a moment later: what is put from now on needs slices of its own.
    this.#slices = undefined;
  }

  async #slice(): Promise<void> {
    const applied: Applied[] = [];
    const until = performance.now() + BUDGET;
    // At rest, each target is done with before the next one.
    const isBurst = this.#ready.length - this.#next > 1;
    do {
      const { html, request } = this.#ready[this.#next++] ?? {};
      this.#applied = isBurst ? applied : undefined;
      if (html !== undefined && request) await this.#inject(html, request);
      this.#applied = undefined;
    } while (this.#next < this.#ready.length && performance.now() < until);
    this.#finish(applied);
    this.#ended = performance.now();
  }

  /** Empties the list. */
  #finish(list: Applied[]): void {
    const applied = list.splice(0);
    try {
      const nodes = applied.flatMap((one) => one.nodes);
      scan(nodes, (error, pattern) => warn(`pattern ${pattern}, in what was injected: ${error}`));
    } catch (error) {
      warn(`after injecting: ${error}`);
    }
    for (const { tell } of applied) tell();
  }

  async #inject(html: string, request: Delivered): Promise<void> {
    const { parts = [] } = request;
    const shared = parts.filter((part) => part.html === undefined);
    if (shared.length > 0) await this.#injectFrom(html, { ...request, parts: shared });
    for (const part of parts) {
      if (part.html !== undefined) await this.#injectFrom(part.html, { ...request, parts: [part] });
    }
  }

  async #injectFrom(html: string, request: Delivered): Promise<void> {
    const { parts = [] } = request;
    try {
      const sources = await findSources(html, parts);
      if (this.#isStopped) return;
      for (const [index, injection] of parts.entries()) {
        const source = sources[index];
        const forThis = { ...request, parts: [injection] };
        const targets = requireTargets(injection.target);
        if (source instanceof Error) this.#ports.failed(source, forThis);
        // It went while its content was on the way.
        else if (targets.length === 0) this.#ports.gone(forThis);
        else if (source) for (const target of targets) this.#offer(target, source, injection, forThis);
      }
    } catch (error) {
      this.#ports.failed(error, request);
    }
  }

  #offer(target: Element, source: () => Content, injection: Injection, request: Delivered): void {
    // A target inside another one went with it.
    if (!target.isConnected) return;
    this.#courtesy.offer(target, {
      isReplacement: injection.kind === "replacement",
      isBeside: injection.kind === "beside",
      options: targetOptions(target),
      apply: () => {
        // Who hears of the one before must still find it there.
        if (this.#applied?.some((one) => one.target === injection.target)) this.#finish(this.#applied);
        const applied = this.#apply(target, source(), injection, request);
        if (!applied) return;
        if (this.#applied) this.#applied.push(applied);
        else this.#finish([applied]);
      },
      lost: () => this.#ports.gone(request),
    });
  }

  #apply(target: Element, content: Content, injection: Injection, request: Delivered): Applied | undefined {
    const { message, trace, received } = request.message;
    const { action } = injection;
    const detail: InjectionDetail = { id: message.id, trace, url: message.url, target: injection.target, action };
    const before = {
      ...detail,
      get fragment() {
        return content.fragment;
      },
    };
    if (!emit(target, "before-inject", before)) return undefined;
    const parent = target.parentElement ?? document.body;
    const refocus = keepFocus(target);
    let nodes: readonly Node[] = [];
    try {
      nodes = isMorph(target, action) ? morph(target, content.fragment, action) : content.into(target);
    } catch (error) {
      // pat-inject has put the content in place before its listeners can throw; a morph may have stopped half way.
      warn(`after injecting into ${injection.target}: ${error}`);
    }
    refocus();
    const successor = target.isConnected ? target : (nodes.find(isElement) ?? parent);
    return {
      target: injection.target,
      nodes,
      tell: () => {
        this.#ports.injected(target, successor, injection, request.message);
        const timings = { received, fetched: request.fetched ?? received, injected: performance.now() };
        emit(successor.isConnected ? successor : document.body, "injected", { ...detail, timings });
      },
    };
  }
}

function isElement(node: Node): node is Element {
  return node instanceof Element;
}

function isMorph(target: Element, action: string): action is "element" | "content" {
  return (action === "element" || action === "content") && targetOptions(target).swap === "morph";
}

/** A link or button that has the focus keeps it, when there is one of the same id afterwards. */
function keepFocus(target: Element): () => void {
  const focused = document.activeElement;
  if (!focused?.id || focused === document.body || !target.contains(focused)) return () => {};
  return () => {
    const successor = document.getElementById(focused.id);
    if (successor !== document.activeElement) successor?.focus({ preventScroll: true });
  };
}

/** Lets the browser do what is due, messages that have arrived among it. A timer would wait longer, in a hidden tab much. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
