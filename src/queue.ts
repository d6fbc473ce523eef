/**
 * Which job is started next: at most so many requests at once, one at a time for each URL, urgent ones first, otherwise in
 * order. Several jobs may share one request. Pure.
 */

export interface QueuedJob {
  readonly url: string;
  /** Set for a job that shares its request with no other. */
  readonly isAlone: boolean;
}

export class Queue<J extends QueuedJob> {
  readonly #concurrency: number;
  readonly #atOnce: () => number;
  readonly #run: (jobs: readonly J[]) => Promise<void>;
  /** Known, and not to be started yet. */
  readonly #held = new Set<J>();
  readonly #urgent = new Set<J>();
  readonly #others = new Set<J>();
  readonly #busyUrls = new Set<string>();
  #requests = 0;

  /**
   * @param concurrency how many requests may be under way at once.
   * @param atOnce how many jobs one request may do at this moment, at least 1.
   * @param run does some jobs with one request. Must not reject.
   */
  constructor(concurrency: number, atOnce: () => number, run: (jobs: readonly J[]) => Promise<void>) {
    this.#concurrency = concurrency;
    this.#atOnce = atOnce;
    this.#run = run;
  }

  /** Keep a job until {@link start} is called for it. */
  hold(job: J): void {
    this.#held.add(job);
  }

  /**
   * Start a job that is here as soon as it is its turn. Called again, it can make it urgent. Without effect for a job that
   * has been started, or taken back.
   *
   * @returns whether it still waits for its turn.
   */
  start(job: J, isUrgent: boolean): boolean {
    if (!this.has(job)) return false;
    if (this.#held.delete(job)) (isUrgent ? this.#urgent : this.#others).add(job);
    else if (isUrgent && this.#others.delete(job)) this.#urgent.add(job);
    this.#startNext();
    return this.has(job);
  }

  has(job: J): boolean {
    return this.#held.has(job) || this.#urgent.has(job) || this.#others.has(job);
  }

  /** Take back a job that has not been started. */
  remove(job: J): void {
    for (const waiting of [this.#held, this.#urgent, this.#others]) waiting.delete(job);
  }

  clear(): void {
    for (const waiting of [this.#held, this.#urgent, this.#others]) waiting.clear();
  }

  #startNext(): void {
    while (this.#requests < this.#concurrency) {
      const jobs = this.#take(this.#atOnce());
      if (jobs.length === 0) return;
      this.#requests++;
      void this.#run(jobs).then(() => {
        this.#requests--;
        for (const { url } of jobs) this.#busyUrls.delete(url);
        this.#startNext();
      });
    }
  }

  /** A URL in flight is asked again only when its answer is there: two answers could arrive in the wrong order. */
  #take(limit: number): J[] {
    const jobs: J[] = [];
    for (const waiting of [this.#urgent, this.#others]) {
      for (const job of waiting) {
        if (this.#busyUrls.has(job.url) || (job.isAlone && jobs.length > 0)) continue;
        waiting.delete(job);
        this.#busyUrls.add(job.url);
        jobs.push(job);
        if (job.isAlone || jobs.length >= limit) return jobs;
      }
    }
    return jobs;
  }
}
