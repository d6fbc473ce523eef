/**
 * From job to content that may be put in place. What waits for its target, for its snippet, for what has to come before it
 * or for the next login, waits here. Pure: knows neither the DOM nor Patternslib; the page is passed in.
 */
import type { Change, Content } from "../ground/change.ts";
import type { Job } from "../ground/job.ts";
import type { PageListener } from "../ground/page-changes.ts";
import { Absent } from "./absent.ts";
import { byJob, type Fetched, hasContent, toContents } from "./contents.ts";
import { Loader, type LoaderOptions, type Planner } from "./loader.ts";
import { Order } from "./order.ts";
import { replacesOnly, type Snippet, type SnippetFetcher } from "./snippets/snippet.ts";

/** The page, as far as delivery knows it. */
interface DeliveryPage {
  hasTarget(target: string): boolean;
  /** Whether a job that has not said what it is for is still needed. */
  needs(job: Job): boolean;
  watch(listener: PageListener): () => void;
  /** The changes that a snippet names itself. Throws when it names none. */
  describe(html: string, job: Job): readonly Change[];
  /** Called in the order in which contents have to be put in place. */
  put(content: Content): void;
  /** How many contents were put and are not in place yet. */
  backlog(): number;
  failed(error: unknown, job: Job, changes: readonly Change[]): void;
  /** Given up: the target did not appear in time. */
  missed(change: Change): void;
  /** Something was given up, for too much waits. */
  full(): void;
}

/** How much waits at most: changes, jobs that have not said their targets, and contents. */
const MAX_WAITING_CHANGES = 20_000;

export class Delivery {
  readonly #page: DeliveryPage;
  readonly #order = new Order();
  readonly #absent: Absent;
  readonly #loader: Loader;
  /** The snippets of changes that wait for their turn. */
  readonly #snippets = new Map<Change, Fetched>();
  /** Targets with insertions that wait for a snippet to say what it is for. */
  readonly #heldUp = new Set<string>();
  readonly #unwatch: () => void;

  constructor(fetcher: SnippetFetcher, planner: Planner, options: LoaderOptions, page: DeliveryPage) {
    this.#page = page;
    this.#loader = new Loader(fetcher, planner, options, {
      arrived: (snippet, html) => this.#arrived(snippet, html),
      failed: (snippet, error, isKept) => this.#failed(snippet, error, isKept),
    });
    this.#absent = new Absent({
      hasTarget: page.hasTarget,
      watch: page.watch,
      appeared: (changes) => this.#proceed(changes),
      missed: (change) => {
        this.#giveUp(change);
        page.missed(change);
      },
    });
    this.#unwatch = page.watch({ removed: () => this.#targetsRemoved() });
  }

  /** How many changes, jobs that have not said their targets, and contents are waiting. */
  get size(): number {
    return this.#order.size + this.#loader.unread + this.#page.backlog();
  }

  /**
   * When too much waits already, the change that has waited longest for its target gives way, else the job.
   *
   * @param changes undefined when the job leaves it to the snippet to say what it is for.
   */
  add(job: Job, changes?: readonly Change[]): void {
    if (this.size >= MAX_WAITING_CHANGES) {
      const { oldest } = this.#absent;
      if (oldest) this.#giveUp(oldest);
      this.#page.full();
      if (!oldest) return;
    }
    if (changes) this.enter(changes);
    else if (job.url) this.#loader.want(job.url, job);
    else this.#read(job.message.html ?? "", [job], job.received);
  }

  /** @param fetched the snippet, when it is there and the changes have become known by it. */
  enter(changes: readonly Change[], fetched?: Fetched): void {
    const entered = changes.filter((change) => this.#order.enter(change));
    for (const change of entered) {
      if (fetched) this.#snippets.set(change, fetched);
      if (!this.#page.hasTarget(change.target)) this.#absent.add(change);
    }
    this.#proceed(entered.filter((change) => !this.#absent.has(change)));
    for (const change of entered) {
      for (const older of this.#order.overtakenBy(change)) {
        // The answer of a fetch under way is worth showing: under a steady stream of messages nothing else would be seen.
        if (this.#absent.has(older) || this.#loader.isQueued(older)) this.#drop(older);
      }
    }
  }

  /** There may be a new session: try again what the end of the last one has kept from the page. */
  sessionRenewed(): void {
    this.#loader.sessionRenewed();
  }

  /** Abort and forget everything. */
  stop(): void {
    this.#unwatch();
    this.#absent.stop();
    this.#loader.stop();
    this.#order.clear();
    this.#snippets.clear();
    this.#heldUp.clear();
  }

  /** The targets of these changes are there, and so is their content, or it is fetched. */
  #proceed(changes: readonly Change[]): void {
    const ready = changes.filter(hasContent);
    for (const [job, wanting] of byJob(changes.filter((change) => !hasContent(change)))) {
      if (job.url) this.#loader.want(job.url, job, wanting);
    }
    this.#ready(ready);
  }

  #ready(changes: readonly Change[]): void {
    for (const change of changes) this.#order.ready(change);
    if (changes.length > 0) this.#putNext(changes.map(({ target }) => target));
  }

  #arrived({ jobs, changes }: Snippet, html: string): void {
    const fetched = performance.now();
    for (const change of changes) this.#snippets.set(change, { html, fetched });
    this.#ready([...changes]);
    if (jobs.length === 0) return;
    this.#read(html, jobs, fetched);
    this.#putNext(this.#heldUp);
  }

  /** @param jobs those that wait for the snippet to say what it is for, in order of arrival. */
  #read(html: string, jobs: readonly Job[], fetched: number): void {
    const [first, ...others] = jobs;
    const last = jobs.at(-1);
    if (!first || !last) return;
    try {
      const described = this.#page.describe(html, first);
      // The jobs shared the snippet before it was known that it inserts: all but the first need their own.
      const isShared = replacesOnly(described);
      if (!isShared) for (const job of others) if (job.url) this.#loader.want(job.url, job);
      const job = isShared ? last : first;
      this.enter(
        described.map((change) => ({ ...change, job })),
        { html, fetched },
      );
    } catch (error) {
      // One failure, however many jobs shared the snippet.
      this.#page.failed(error, last, []);
    }
  }

  #failed({ jobs, changes }: Snippet, error: unknown, isKept: boolean): void {
    const failed = [...changes];
    if (!isKept) for (const change of failed) this.#drop(change);
    for (const [job, its] of byJob(failed)) this.#page.failed(error, job, its);
    const last = jobs.at(-1);
    if (last) this.#page.failed(error, last, []);
    this.#putNext([...failed.map(({ target }) => target), ...this.#heldUp]);
  }

  /** Fetches for targets that went are aborted: their changes wait for the targets to return. */
  #targetsRemoved(): void {
    for (const target of this.#order.targets) {
      if (this.#page.hasTarget(target)) continue;
      for (const change of this.#order.changesFor(target)) {
        if (this.#absent.has(change)) continue;
        this.#order.waits(change);
        this.#loader.release(change);
        if (!hasContent(change)) this.#snippets.delete(change);
        this.#absent.add(change);
      }
    }
    this.#loader.prune((job) => this.#page.needs(job));
    this.#putNext(this.#heldUp);
  }

  /** Those behind it wait no longer. */
  #giveUp(change: Change): void {
    this.#drop(change);
    this.#putNext([change.target]);
  }

  #drop(change: Change): void {
    this.#order.leave(change);
    this.#absent.delete(change);
    this.#loader.release(change);
    this.#snippets.delete(change);
  }

  /** Put in place what has its turn. */
  #putNext(targets: Iterable<string>): void {
    const { unreadSince } = this.#loader;
    const next: Change[] = [];
    for (const target of new Set(targets)) {
      const { applied, overtaken, isHeldUp } = this.#order.take(target, unreadSince);
      if (isHeldUp) this.#heldUp.add(target);
      else this.#heldUp.delete(target);
      for (const change of overtaken) this.#drop(change);
      next.push(...applied);
    }
    const contents = toContents(next, this.#snippets);
    for (const change of next) this.#snippets.delete(change);
    for (const content of contents) this.#page.put(content);
  }
}
