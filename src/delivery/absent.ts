/** The changes whose target is not on the page: they wait for it, for a bounded time. Pure: the page is passed in. */
import type { Change } from "../ground/change.ts";
import type { PageListener } from "../ground/page-changes.ts";
import { Timer } from "../ground/timer.ts";

interface AbsentPorts {
  hasTarget(target: string): boolean;
  /** Listen to the page until the returned function is called. */
  watch(listener: PageListener): () => void;
  /** The targets of these changes have appeared. */
  appeared(changes: readonly Change[]): void;
  /** The change has waited in vain. */
  missed(change: Change): void;
}

/** How long a change waits for its target, in milliseconds. */
const TARGET_PATIENCE_MS = 30_000;

export class Absent {
  readonly #ports: AbsentPorts;
  /** Until when each of them waits, the oldest first. */
  readonly #until = new Map<Change, number>();
  #unwatch: (() => void) | undefined;
  readonly #expiry = new Timer(() => this.#expire());

  constructor(ports: AbsentPorts) {
    this.#ports = ports;
  }

  /** The change that has waited longest; undefined when none waits. */
  get oldest(): Change | undefined {
    return this.#until.keys().next().value;
  }

  has(change: Change): boolean {
    return this.#until.has(change);
  }

  add(change: Change): void {
    this.#until.set(change, Date.now() + TARGET_PATIENCE_MS);
    this.#unwatch ??= this.#ports.watch({ changed: () => this.#look() });
    this.#expiry.start(TARGET_PATIENCE_MS);
  }

  delete(change: Change): void {
    if (this.#until.delete(change) && this.#until.size === 0) this.stop();
  }

  stop(): void {
    this.#until.clear();
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#expiry.stop();
  }

  #look(): void {
    const present = new Map<string, boolean>();
    const found: Change[] = [];
    for (const change of this.#until.keys()) {
      const isPresent = present.get(change.target) ?? this.#ports.hasTarget(change.target);
      present.set(change.target, isPresent);
      if (isPresent) found.push(change);
    }
    if (found.length === 0) return;
    for (const change of found) this.delete(change);
    this.#ports.appeared(found);
  }

  #expire(): void {
    const now = Date.now();
    for (const [change, until] of this.#until) {
      if (until > now) {
        this.#expiry.start(until - now);
        return;
      }
      this.delete(change);
      this.#ports.missed(change);
    }
  }
}
