/** A wake-up for one waiting loop. It is not lost when the loop is busy, and several wake-ups before a wait count as one. */
export class Signal {
  #raised = false;
  #resolve: (() => void) | null = null;

  raise(): void {
    if (this.#resolve === null) {
      this.#raised = true;
    } else {
      this.#resolve();
      this.#resolve = null;
    }
  }

  /** Resolves at the next `raise`, or at once when there was one since the last wait. */
  wait(): Promise<void> {
    if (this.#raised) {
      this.#raised = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
