/**
 * From message to content that may be applied: one fetch serves all that is queued for its URL, what is overtaken is not
 * fetched, and what is answered in the wrong order is applied in the right one.
 *
 * Knows neither the DOM nor Patternslib: fetching, reading and applying are passed in.
 */
import { Lanes, type Part } from "./lanes.ts";
import { Queue } from "./queue.ts";
import { newest, type Request, type Together, type Wanted } from "./request.ts";

export interface DeliveryPorts<P extends Part, M> {
  fetch(wanted: Wanted<M>): Promise<string>;
  /** Several snippets with one request. Must not reject. */
  fetchTogether(wanted: readonly Wanted<M>[]): Promise<readonly Together[]>;
  /** How many snippets one request may ask for at this moment, at least 1. */
  atOnce(): number;
  /**
   * Decide when a snippet for these targets is fetched, by calling `start`, now or later, and again when it has become
   * urgent. `parts` is undefined while its targets are not known. `start` says whether it still waits for its turn.
   *
   * @returns the undo: called when the fetch has been started, or is not wanted any more.
   */
  schedule(parts: readonly P[] | undefined, message: M, start: (isUrgent: boolean) => boolean): () => void;
  /** The parts that a snippet names itself. Throws when it names none. */
  describe(html: string, url: string): P[];
  /** Put the content in place, for the request's parts. Called in the order in which it has to happen. */
  apply(html: string, request: Request<P, M>): void;
  failed(error: unknown, request: Request<P, M>): void;
}

interface Job<P extends Part, M> {
  readonly url: string;
  /** The requests it serves, in the order in which they joined; more than one only while each may be a replacement. */
  readonly requests: [Request<P, M>, ...Request<P, M>[]];
  /** Undefined until the snippet has been read, for messages without `inject`. */
  parts: P[] | undefined;
  html?: string;
  fetched: number;
  /** It could not be fetched together with others. */
  isAlone: boolean;
  readonly controller: AbortController;
  /** Undo what was scheduled for it. */
  readonly unschedule: (() => void)[];
}

export class Delivery<P extends Part, M> {
  readonly #ports: DeliveryPorts<P, M>;
  readonly #queue: Queue<Job<P, M>>;
  readonly #lanes = new Lanes<P>();
  /** Each part that is in a lane. */
  readonly #placed = new Map<P, { readonly job: Job<P, M>; readonly request: Request<P, M> }>();
  /** Queued or in flight, with targets that only their snippet will name. */
  readonly #unread = new Set<Job<P, M>>();
  /** Targets with insertions that wait for those. */
  readonly #heldUp = new Set<string>();
  /** For each URL the queued job that others may join. */
  readonly #joinable = new Map<string, Job<P, M>>();

  /** @param concurrency how many requests may be under way at once. */
  constructor(concurrency: number, ports: DeliveryPorts<P, M>) {
    this.#ports = ports;
    this.#queue = new Queue(concurrency, ports.atOnce, (jobs) => this.#fetch(jobs));
  }

  add(request: Request<P, M>): void {
    const { url = "", html, parts } = request;
    const job: Job<P, M> = {
      url,
      requests: [request],
      parts: parts && [...parts],
      fetched: performance.now(),
      isAlone: false,
      controller: new AbortController(),
      unschedule: [],
    };
    if (html === undefined) {
      for (const part of parts ?? []) this.#supersede(part, request.arrival);
      if (!this.#join(request)) this.#enqueue(job);
    } else if (parts) {
      job.html = html;
      job.parts = this.#enter(job, request, parts);
      this.#drain(parts.map((part) => part.target));
    } else {
      this.#read(job, html);
    }
  }

  /** Give up what is not wanted any more, aborting fetches that serve nothing else. Returns what was given up. */
  withdraw(wanted: (part: P) => boolean): Request<P, M>[] {
    const withdrawn: Request<P, M>[] = [];
    for (const [part, { request }] of [...this.#placed]) {
      if (wanted(part)) continue;
      withdrawn.push({ ...request, parts: [part] });
      this.#drop(part);
      this.#drain([part.target]);
    }
    return withdrawn;
  }

  /** Give up fetches whose targets are not known yet, when none of their requests is needed any more. */
  abandon(isNeedless: (request: Request<P, M>) => boolean): void {
    for (const job of [...this.#unread]) {
      if (!job.requests.every(isNeedless)) continue;
      this.#giveUp(job);
      this.#settle(job);
    }
  }

  /** Parts, and requests with unknown parts, that are on their way. */
  get size(): number {
    let size = this.#placed.size;
    for (const { requests } of this.#unread) size += requests.length;
    return size;
  }

  /** Abort and forget everything. */
  clear(): void {
    this.#queue.clear();
    this.#joinable.clear();
    for (const job of [...this.#unread, ...[...this.#placed.values()].map(({ job }) => job)]) this.#giveUp(job);
    for (const part of [...this.#placed.keys()]) this.#drop(part);
    this.#unread.clear();
    this.#heldUp.clear();
  }

  #enqueue(job: Job<P, M>): void {
    const [request] = job.requests;
    if (job.parts) job.parts = this.#enter(job, request, job.parts);
    else this.#unread.add(job);
    if (job.parts?.length === 0) return;
    if (replacesOnly(job.parts)) this.#joinable.set(job.url, job);
    this.#queue.hold(job);
    this.#schedule(job, job.parts, request.message);
  }

  #schedule(job: Job<P, M>, parts: readonly P[] | undefined, message: M): void {
    const undo = this.#ports.schedule(parts, message, (isUrgent) => this.#queue.start(job, isUrgent));
    if (this.#queue.has(job)) job.unschedule.push(undo);
    else undo();
  }

  /** Let a fetch that is still queued serve this request too. Insertions never share one: each message is one of them. */
  #join(request: Request<P, M>): boolean {
    const { url = "", parts } = request;
    const host = this.#joinable.get(url);
    if (!host || !replacesOnly(parts) || (host.parts === undefined) !== (parts === undefined)) return false;
    if (host.parts && parts) {
      const entered = this.#enter(host, request, parts);
      host.parts.push(...entered);
      // It may be wanted earlier, now that it has more targets.
      if (entered.length > 0) this.#schedule(host, entered, request.message);
    } else {
      host.requests.push(request);
    }
    return true;
  }

  /** A queued replacement of the same target is not fetched any more: what comes now is newer. */
  #supersede(part: P, arrival: number): void {
    for (const old of this.#lanes.overtakenBy(part, arrival)) {
      const job = this.#placed.get(old)?.job;
      // The answer of a fetch under way is worth showing: under a steady stream of messages nothing else would ever be seen.
      if (job && this.#queue.has(job)) this.#drop(old);
    }
  }

  /** Place parts in their lanes. Returns those that are not stale. */
  #enter(job: Job<P, M>, request: Request<P, M>, parts: readonly P[]): P[] {
    const entered = parts.filter((part) => this.#lanes.enter(part, request.arrival, job.html !== undefined));
    for (const part of entered) this.#placed.set(part, { job, request });
    return entered;
  }

  /** Take one part out of its lane and its job. A job without parts is not fetched, and aborted if it already is. */
  #drop(part: P): void {
    const job = this.#placed.get(part)?.job;
    this.#lanes.leave(part);
    this.#placed.delete(part);
    if (!job?.parts) return;
    job.parts = job.parts.filter((candidate) => candidate !== part);
    if (job.parts.length > 0) return;
    this.#giveUp(job);
  }

  #giveUp(job: Job<P, M>): void {
    this.#queue.remove(job);
    this.#close(job);
    job.controller.abort();
  }

  /** Nothing joins this job any more, and nothing has to start it. */
  #close(job: Job<P, M>): void {
    if (this.#joinable.get(job.url) === job) this.#joinable.delete(job.url);
    for (const undo of job.unschedule.splice(0)) undo();
  }

  async #fetch(jobs: readonly Job<P, M>[]): Promise<void> {
    for (const job of jobs) this.#close(job);
    const [first, ...others] = jobs;
    if (first && others.length === 0) await this.#fetchOne(first);
    else await this.#fetchTogether(jobs);
  }

  async #fetchOne(job: Job<P, M>): Promise<void> {
    const { signal } = job.controller;
    try {
      const html = await this.#ports.fetch(this.#wanted(job));
      if (!signal.aborted) this.#read(job, html);
    } catch (error) {
      if (!signal.aborted) this.#fail(job, error);
    }
  }

  async #fetchTogether(jobs: readonly Job<P, M>[]): Promise<void> {
    const snippets = await this.#ports.fetchTogether(jobs.map((job) => this.#wanted(job)));
    for (const [index, job] of jobs.entries()) {
      const snippet = snippets[index] ?? "alone";
      if (job.controller.signal.aborted) continue;
      if (typeof snippet === "object") {
        this.#read(job, snippet.html);
      } else {
        job.isAlone = snippet === "alone";
        this.#queue.hold(job);
        this.#queue.start(job, true);
      }
    }
  }

  #wanted({ url, requests, parts = [], controller }: Job<P, M>): Wanted<M> {
    const asked = parts.flatMap((part) => this.#placed.get(part)?.request ?? []);
    const { message } = newest([...requests, ...asked]);
    return { url, message, signal: controller.signal };
  }

  /** The content is there: apply it, or let it wait for what has to come before it. */
  #read(job: Job<P, M>, html: string): void {
    job.html = html;
    job.fetched = performance.now();
    if (job.parts) {
      for (const part of job.parts) this.#lanes.ready(part);
      this.#drain(job.parts.map((part) => part.target));
      return;
    }
    try {
      const parts = this.#ports.describe(html, job.url);
      const [first, ...others] = job.requests;
      // They shared this fetch before it was known that its snippet inserts: all but the first need their own.
      const separate = !replacesOnly(parts);
      if (separate) for (const request of others) this.add(request);
      job.parts = this.#enter(job, separate ? first : newest(job.requests), parts);
    } catch (error) {
      this.#fail(job, error);
      return;
    }
    this.#settle(job, job.parts);
  }

  /** The job's targets are known, or will never be: these go on, and insertions that waited for that. */
  #settle(job: Job<P, M>, parts: readonly P[] = []): void {
    this.#unread.delete(job);
    this.#drain([...parts.map(({ target }) => target), ...this.#heldUp]);
  }

  #fail(job: Job<P, M>, error: unknown): void {
    const failed = new Map<Request<P, M>, P[]>();
    const { parts } = job;
    for (const part of parts ?? []) {
      const request = this.#placed.get(part)?.request;
      if (request) failed.set(request, [...(failed.get(request) ?? []), part]);
      this.#drop(part);
    }
    for (const [request, parts] of failed) this.#ports.failed(error, { ...request, parts });
    // One fetch, one failure, however many messages had joined it without saying where its content goes.
    if (!job.parts) this.#ports.failed(error, newest(job.requests));
    this.#settle(job, parts);
  }

  #drain(targets: readonly string[]): void {
    let unreadSince = Number.POSITIVE_INFINITY;
    for (const { requests } of this.#unread) unreadSince = Math.min(unreadSince, requests[0].arrival);
    const applicable = new Map<Request<P, M>, { job: Job<P, M>; parts: P[] }>();
    for (const target of new Set(targets)) {
      const { apply, overtaken, isHeldUp } = this.#lanes.take(target, unreadSince);
      if (isHeldUp) this.#heldUp.add(target);
      else this.#heldUp.delete(target);
      for (const part of overtaken) this.#drop(part);
      for (const part of apply) {
        const { job, request } = this.#placed.get(part) ?? {};
        this.#placed.delete(part);
        if (!job || !request) continue;
        const together = applicable.get(request) ?? { job, parts: [] };
        together.parts.push(part);
        applicable.set(request, together);
      }
    }
    const inOrder = [...applicable].sort(([a], [b]) => a.arrival - b.arrival);
    for (const [request, { job, parts }] of inOrder) {
      if (job.html !== undefined) this.#ports.apply(job.html, { ...request, parts, fetched: job.fetched });
    }
  }
}

function replacesOnly(parts: readonly Part[] | undefined): boolean {
  return parts?.every((part) => part.kind === "replacement") ?? true;
}
