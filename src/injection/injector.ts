/** Puts contents into their targets: in order, without interrupting the user, and never without telling what became of them. */
import type { Change, Content } from "../ground/change.ts";
import { dom, unshadowed } from "../ground/dom.ts";
import { emit, type InjectionDetail } from "../ground/events.ts";
import type { Job } from "../ground/job.ts";
import { targetOptions } from "../ground/options.ts";
import { requireTargets } from "../ground/targets.ts";
import { fieldsOf, isSameField } from "../manners/entries.ts";
import { keepFocus } from "../manners/focus.ts";
import { Waiting } from "../manners/waiting.ts";
import { insert, Piece } from "./insert.ts";
import { morph } from "./morph.ts";
import { Slices } from "./slices.ts";
import { findSources } from "./source.ts";

export interface InjectorListener {
  failed(error: unknown, job: Job, changes: readonly Change[]): void;
  /** The target is not there any more: the change has to wait for it. */
  gone(change: Change): void;
  /** In place; `target` is what the content was for, `successor` what stands there now. */
  injected(target: Element, successor: Element, change: Change): void;
}

export class Injector {
  readonly #listener: InjectorListener;
  readonly #waiting = new Waiting();
  readonly #slices = new Slices((content) => this.#inject(content));
  #isStopped = false;

  constructor(listener: InjectorListener) {
    this.#listener = listener;
  }

  /** How many contents are not in place yet. */
  get size(): number {
    return this.#slices.size;
  }

  /** The content is put in place after that of all earlier calls. */
  put(content: Content): void {
    this.#slices.put(content);
  }

  stop(): void {
    this.#isStopped = true;
    this.#slices.stop();
    this.#waiting.stop();
  }

  async #inject(content: Content): Promise<void> {
    const { changes, html } = content;
    const shared = changes.filter((change) => change.html === undefined);
    if (shared.length > 0) await this.#injectFrom(html, shared, content);
    for (const change of changes) {
      if (change.html !== undefined) await this.#injectFrom(change.html, [change], content);
    }
  }

  async #injectFrom(html: string, changes: readonly Change[], { job, fetched }: Content): Promise<void> {
    try {
      const sources = await findSources(html, changes);
      if (this.#isStopped) return;
      for (const [index, change] of changes.entries()) {
        const source = sources[index];
        const targets = requireTargets(change.target, change.action);
        if (source instanceof Error) this.#listener.failed(source, job, [change]);
        // It went while its content was on the way.
        else if (targets.length === 0) this.#listener.gone(change);
        else if (source !== undefined) for (const target of targets) this.#offer(target, source, change, fetched);
      }
    } catch (error) {
      this.#listener.failed(error, job, changes);
    }
  }

  #offer(target: Element, source: string, change: Change, fetched: number): void {
    // A target inside another one went with it.
    if (!target.isConnected) return;
    const { job, kind } = change;
    const rest = job.message.once && kind !== "replacement" ? this.#replaceTwins(source, change, fetched) : source;
    if (rest === undefined) return;
    this.#waiting.offer(target, {
      isReplacement: change.kind === "replacement",
      isBeside: change.kind === "beside",
      options: targetOptions(target),
      lacks: (field) => !fieldsOf(new Piece(source).fragment).some((successor) => isSameField(successor, field)),
      apply: () => {
        this.#slices.settle(change.target);
        this.#apply(target, new Piece(rest), change, fetched);
      },
      lost: () => this.#listener.gone(change),
    });
  }

  /**
   * What is on the page already is replaced.
   *
   * @returns what is left to insert; undefined when that is nothing.
   */
  #replaceTwins(source: string, change: Change, fetched: number): string | undefined {
    const piece = new Piece(source);
    const { fragment } = piece;
    for (const item of [...fragment.children]) {
      const id = unshadowed(item).getAttribute("id");
      const twin = id ? dom.getElementById(id) : null;
      if (!twin) continue;
      unshadowed(item).remove();
      const target = `#${CSS.escape(id ?? "")}`;
      const config = { ...change.config, action: "element" };
      this.#offer(twin, item.outerHTML, { ...change, target, kind: "replacement", action: "element", config }, fetched);
    }
    return fragment.childElementCount > 0 || fragment.textContent?.trim() ? piece.html : undefined;
  }

  #apply(target: Element, piece: Piece, change: Change, fetched: number): void {
    const { action } = change;
    const { message, trace, received } = change.job;
    const detail: InjectionDetail = { id: message.id, trace, url: message.url, target: change.target, action };
    const before = {
      ...detail,
      get fragment() {
        return piece.fragment;
      },
    };
    if (!emit(target, "before-inject", before)) return;
    const parent = target.parentElement ?? dom.body;
    const refocus = keepFocus(target);
    let nodes: readonly Node[] = [];
    try {
      nodes = isMorph(target, action)
        ? morph(target, piece.fragment, action, targetOptions(target).keep)
        : insert(piece.html, target, change);
    } catch (error) {
      this.#listener.failed(error, change.job, [change]);
      return;
    } finally {
      refocus(nodes);
    }
    const successor = target.isConnected ? target : (nodes.find((node) => node instanceof Element) ?? parent);
    this.#slices.add({
      target: change.target,
      nodes,
      tell: () => {
        this.#listener.injected(target, successor, change);
        const timings = { received, fetched, injected: performance.now() };
        emit(successor.isConnected ? successor : dom.body, "injected", { ...detail, timings });
      },
    });
  }
}

function isMorph(target: Element, action: string): action is "element" | "content" {
  const { swap, keep } = targetOptions(target);
  // Out of the page and in again, an element would not be as it was: with something to keep, the rest changes around it.
  const isAround = keep !== undefined && target.querySelector(keep) !== null;
  return (action === "element" || action === "content") && (swap === "morph" || isAround);
}
