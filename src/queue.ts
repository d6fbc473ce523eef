/**
 * Which job is started next: at most so many at once, one at a time for each URL, urgent ones first, otherwise in order.
 * Pure.
 */

export class Queue<J extends { readonly url: string }> {
  readonly #concurrency: number;
  readonly #run: (job: J) => Promise<void>;
  readonly #urgent = new Set<J>();
  readonly #others = new Set<J>();
  readonly #running = new Set<J>();
  readonly #busyUrls = new Set<string>();

  /**
   * @param concurrency how many jobs may run at once.
   * @param run does a job. Must not reject.
   */
  constructor(concurrency: number, run: (job: J) => Promise<void>) {
    this.#concurrency = concurrency;
    this.#run = run;
  }

  push(job: J, urgent: boolean): void {
    (urgent ? this.#urgent : this.#others).add(job);
    this.#startNext();
  }

  has(job: J): boolean {
    return this.#urgent.has(job) || this.#others.has(job);
  }

  /** Take back a job that has not been started. */
  remove(job: J): void {
    this.#urgent.delete(job);
    this.#others.delete(job);
  }

  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }

  #startNext(): void {
    while (this.#running.size < this.#concurrency) {
      const job = this.#next(this.#urgent) ?? this.#next(this.#others);
      if (!job) return;
      this.remove(job);
      this.#running.add(job);
      this.#busyUrls.add(job.url);
      void this.#run(job).then(() => {
        this.#running.delete(job);
        this.#busyUrls.delete(job.url);
        this.#startNext();
      });
    }
  }

  /** A URL in flight is asked again only when its answer is there: two answers could arrive in the wrong order. */
  #next(waiting: Set<J>): J | undefined {
    for (const job of waiting) if (!this.#busyUrls.has(job.url)) return job;
    return undefined;
  }
}
