/**
 * When the steps of a conversion are told: the first page at once, what follows now and then. Knows nothing of what is told.
 */

/** Between two that are not urgent, in milliseconds. */
export const STEP_INTERVAL_MS = 500;

export class Steps {
  readonly #tell: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** Several within the interval are told as one. */
  soon(): void {
    this.#timer ??= setTimeout(() => this.now(), STEP_INTERVAL_MS);
  }

  now(): void {
    this.stop();
    this.#tell();
  }

  /** Nothing is told any more. Safe to call twice. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
