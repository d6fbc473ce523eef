/**
 * Has snippets fetched for changes: one fetch for all that wait for the same URL, when it is due, tried again when its
 * failure may be transient, kept for the next login when the session is over. Pure: planning and fetching are passed in.
 */
import type { Change } from "../ground/change.ts";
import type { Job } from "../ground/job.ts";
import { Queue } from "./queue.ts";
import { pauseAfter, UnauthorizedError } from "./snippets/errors.ts";
import { replacesOnly, Snippet, type SnippetFetcher } from "./snippets/snippet.ts";

/** Says that a fetch is due, and again that it is urgent. Returns whether it still waits for its turn. */
export type Start = (isUrgent: boolean) => boolean;

/** Knows when fetches are due. */
export interface Planner {
  /**
   * @param targets selectors; none while nobody knows them.
   * @param isBroadcast many browsers are told to fetch the same at the same moment.
   * @returns the undo, safe to call twice.
   */
  plan(targets: readonly string[], isBroadcast: boolean, start: Start): () => void;
}

export interface LoaderOptions {
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** How often a fetch whose failure may be transient is tried again. */
  readonly retries: number;
}

interface LoaderPorts {
  arrived(snippet: Snippet, html: string): void;
  /** @param isKept the changes go on waiting for the snippet: the session is over, and there may be another. */
  failed(snippet: Snippet, error: unknown, isKept: boolean): void;
}

export class Loader {
  readonly #fetcher: SnippetFetcher;
  readonly #planner: Planner;
  readonly #retries: number;
  readonly #ports: LoaderPorts;
  readonly #queue: Queue;
  /** The snippet that each change waits for. */
  readonly #snippets = new Map<Change, Snippet>();
  /** Snippets that have not said yet what they are for. */
  readonly #unread = new Set<Snippet>();
  /** Snippets that wait for the next login. */
  readonly #barred = new Set<Snippet>();
  /** For each URL the snippet that others may join. */
  readonly #joinable = new Map<string, Snippet>();

  constructor(fetcher: SnippetFetcher, planner: Planner, { concurrency, retries }: LoaderOptions, ports: LoaderPorts) {
    this.#fetcher = fetcher;
    this.#planner = planner;
    this.#retries = retries;
    this.#ports = ports;
    this.#queue = new Queue(concurrency, {
      attempt: (snippet) => this.#attempt(snippet),
      goesAlong: (url) => fetcher.goesAlong(url),
    });
  }

  /** How many jobs wait for their snippet to say what it is for. */
  get unread(): number {
    let count = 0;
    for (const { jobs } of this.#unread) count += jobs.length;
    return count;
  }

  /** Arrival of the oldest of them that may be answered now; infinite when there is none. */
  get unreadSince(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const snippet of this.#unread) {
      if (!this.#barred.has(snippet)) since = Math.min(since, snippet.jobs[0]?.arrivalNumber ?? since);
    }
    return since;
  }

  /** @param changes undefined: the snippet will say what it is for. */
  want(url: URL, job: Job, changes?: readonly Change[]): void {
    const snippet = this.#join(url, job, changes) ?? this.#create(url, job, changes);
    for (const change of changes ?? []) this.#snippets.set(change, snippet);
    // A message is worth another attempt, for all that wait for it.
    const isRetried = !job.healing && this.#barred.delete(snippet);
    if (!this.#barred.has(snippet)) this.#plan(snippet, isRetried ? undefined : changes, job.message.broadcast);
  }

  /** Whether the change waits for a fetch that has not begun. */
  isQueued(change: Change): boolean {
    const snippet = this.#snippets.get(change);
    return snippet !== undefined && this.#queue.has(snippet);
  }

  /** The change does not wait any more: a snippet that nobody else waits for is not fetched. */
  release(change: Change): void {
    const snippet = this.#snippets.get(change);
    this.#snippets.delete(change);
    snippet?.changes.delete(change);
    if (snippet?.changes.size === 0) this.#abandon(snippet);
  }

  /** Give up snippets that have not said what they are for, when none of their jobs is needed any more. */
  prune(isNeeded: (job: Job) => boolean): void {
    for (const snippet of [...this.#unread]) if (!snippet.jobs.some(isNeeded)) this.#abandon(snippet);
  }

  /** There may be a new session: what waits for one is tried again. */
  sessionRenewed(): void {
    const barred = [...this.#barred];
    this.#barred.clear();
    for (const snippet of barred) this.#plan(snippet);
  }

  /** Abort and forget everything. */
  stop(): void {
    this.#queue.clear();
    for (const snippet of [...this.#unread, ...this.#snippets.values()]) snippet.abort();
    for (const kept of [this.#snippets, this.#unread, this.#barred, this.#joinable]) kept.clear();
  }

  #join(url: URL, job: Job, changes: readonly Change[] = []): Snippet | undefined {
    const snippet = this.#joinable.get(url.href);
    if (!snippet || snippet.isUnread !== (changes.length === 0) || !replacesOnly(changes)) return undefined;
    if (snippet.isUnread) {
      const { jobs } = snippet;
      // Nearly always the newest: only what is tried again comes late.
      jobs.splice(jobs.findLastIndex((other) => other.arrivalNumber <= job.arrivalNumber) + 1, 0, job);
    }
    for (const change of changes) snippet.changes.add(change);
    return snippet;
  }

  #create(url: URL, job: Job, changes: readonly Change[] | undefined): Snippet {
    const snippet = new Snippet(url, changes ?? job);
    if (snippet.isUnread) this.#unread.add(snippet);
    this.#queue.hold(snippet);
    this.#open(snippet);
    return snippet;
  }

  /** @param changes all that wait for it, by default. */
  #plan(snippet: Snippet, changes: Iterable<Change> = snippet.changes, isBroadcast = false): void {
    const targets = [...changes].map(({ target }) => target);
    // Whatever comes for a target that waits to be seen, it is planned once.
    snippet.plan(String([isBroadcast, targets]), () =>
      this.#planner.plan(targets, isBroadcast, (isUrgent) => this.#queue.start(snippet, isUrgent)),
    );
    if (!this.#queue.has(snippet)) snippet.settle();
  }

  /** @returns the pause before the next attempt, in milliseconds; undefined when there is none. */
  async #attempt(snippet: Snippet): Promise<number | undefined> {
    const { attempts, signal } = snippet;
    this.#close(snippet);
    try {
      const html = await this.#fetcher.fetch(snippet);
      if (!signal.aborted) this.#arrived(snippet, html);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      const pause = pauseAfter(error, attempts, this.#retries);
      if (pause === undefined) this.#failed(snippet, error);
      else this.#open(snippet);
      if (pause !== undefined && pause > 0) snippet.attempts++;
      return pause;
    }
  }

  #arrived(snippet: Snippet, html: string): void {
    this.#forget(snippet);
    this.#ports.arrived(snippet, html);
  }

  #failed(snippet: Snippet, error: unknown): void {
    const isKept = error instanceof UnauthorizedError && error.isSessionOver;
    if (isKept) {
      this.#barred.add(snippet);
      this.#queue.hold(snippet);
      this.#open(snippet);
    } else {
      this.#forget(snippet);
    }
    this.#ports.failed(snippet, error, isKept);
  }

  /** Others may join this snippet. */
  #open(snippet: Snippet): void {
    if (snippet.isShareable) this.#joinable.set(snippet.url.href, snippet);
  }

  /** Nothing joins this snippet any more, and nothing has to start it. */
  #close(snippet: Snippet): void {
    snippet.settle();
    if (this.#joinable.get(snippet.url.href) === snippet) this.#joinable.delete(snippet.url.href);
  }

  #forget(snippet: Snippet): void {
    for (const change of snippet.changes) this.#snippets.delete(change);
    this.#unread.delete(snippet);
  }

  #abandon(snippet: Snippet): void {
    this.#close(snippet);
    this.#forget(snippet);
    this.#barred.delete(snippet);
    this.#queue.remove(snippet);
    snippet.abort();
  }
}
