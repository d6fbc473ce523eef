/** A snippet that is wanted, and what it is wanted for. Pure: fetching it and waiting for its turn are for others. */
import { type Change, isReplacement } from "../../ground/change.ts";
import type { Job } from "../../ground/job.ts";

/** What a fetch needs to know of a snippet. */
export interface Fetchable {
  /** Absolute and allowed. */
  readonly url: URL;
  /** Name of the newest job that wants it. */
  readonly trace: string;
  /** Aborted when nobody wants it any more. */
  readonly signal: AbortSignal;
}

/** Fetches snippets. */
export interface SnippetFetcher {
  /** @throws {SnippetError} */
  fetch(snippet: Fetchable): Promise<string>;
  /** Whether a fetch of this URL, or of any, begun now needs no request of its own: one that is about to be made takes it along. */
  goesAlong(url?: URL): boolean;
}

export class Snippet implements Fetchable {
  /** Absolute and allowed. */
  readonly url: URL;
  /** Those that wait for it; of several jobs only as long as each of them replaces. */
  readonly changes = new Set<Change>();
  /** Jobs that leave it to the snippet to say what it is for: it has no changes before it is read. In order of arrival. */
  readonly jobs: Job[];
  /** How often it was tried in vain. */
  attempts = 0;
  readonly #controller = new AbortController();
  /** What takes back each of its plans. */
  readonly #plans = new Map<string, () => void>();

  /** @param wanted what it is wanted for, or the job that leaves it to the snippet to say so. */
  constructor(url: URL, wanted: Job | readonly Change[]) {
    this.url = url;
    this.jobs = "message" in wanted ? [wanted] : [];
    for (const change of "message" in wanted ? [] : wanted) this.changes.add(change);
  }

  /** Whether it has not said yet what it is for. */
  get isUnread(): boolean {
    return this.jobs.length > 0;
  }

  /** Whether others may join: insertions never share a snippet, for each message is one of them. */
  get isShareable(): boolean {
    return replacesOnly(this.changes);
  }

  /** Name of the newest job that wants it. */
  get trace(): string {
    return newest([...this.jobs, ...[...this.changes].map(({ job }) => job)])?.trace ?? "";
  }

  /** Aborted when nobody wants it any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @param start begins a plan, unless it has one of this name, and returns what takes it back. */
  plan(name: string, start: () => () => void): void {
    if (!this.#plans.has(name)) this.#plans.set(name, start());
  }

  /** It is under way, or not wanted any more: nothing has to start it now. */
  settle(): void {
    for (const undo of this.#plans.values()) undo();
    this.#plans.clear();
  }

  abort(): void {
    this.settle();
    this.#controller.abort();
  }
}

export function replacesOnly(changes: Iterable<Change>): boolean {
  return [...changes].every(isReplacement);
}

function newest(jobs: readonly Job[]): Job | undefined {
  return jobs.reduce<Job | undefined>((a, b) => (a && a.arrivalNumber > b.arrivalNumber ? a : b), undefined);
}
