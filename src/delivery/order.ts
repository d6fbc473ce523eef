/**
 * The order of what happens to each target: the only place that knows that a newer change replaces an older one. Pure.
 *
 * One lane for each target, sorted by the arrival of the jobs. A change enters its lane when it is known and leaves it when
 * it is applied, overtaken or given up; until then it waits there, ready or not. A replacement overtakes older ones, ready
 * or not: their content would be stale. An insertion waits for all before it, and all after it wait for it.
 */
import type { Change } from "../ground/change.ts";
import { remember } from "../ground/remember.ts";

interface Entry {
  readonly change: Change;
  isReady: boolean;
}

/** What may happen to one target now. */
export interface Turn {
  /** In this order. */
  readonly applied: readonly Change[];
  /** By one of those applied. */
  readonly overtaken: readonly Change[];
  /** Whether an insertion waits for a job that has not said what it is for. */
  readonly isHeldUp: boolean;
}

/** For how many targets the last replacement is remembered. */
const MAX_REMEMBERED_TARGETS = 1_000;

export class Order {
  readonly #lanes = new Map<string, Entry[]>();
  /** The arrival of the newest replacement applied to each of the targets replaced last. */
  readonly #replaced = new Map<string, number>();
  #size = 0;

  /** How many changes are in the lanes. */
  get size(): number {
    return this.#size;
  }

  get targets(): readonly string[] {
    return [...this.#lanes.keys()];
  }

  /** The changes for one target, oldest first. */
  changesFor(target: string): readonly Change[] {
    return (this.#lanes.get(target) ?? []).map(({ change }) => change);
  }

  /** @returns false when the change is stale: a newer replacement has been applied before this change became known. */
  enter(change: Change): boolean {
    const { target, kind, job } = change;
    if (kind !== "beside" && (this.#replaced.get(target) ?? 0) > job.arrivalNumber) return false;
    const lane = this.#lanes.get(target) ?? [];
    this.#lanes.set(target, lane);
    // Nearly always the newest: only what is tried again comes late.
    const index = lane.findLastIndex((entry) => entry.change.job.arrivalNumber <= job.arrivalNumber) + 1;
    lane.splice(index, 0, { change, isReady: false });
    this.#size++;
    return true;
  }

  /** The change's content and its target are there. */
  ready(change: Change): void {
    this.#setReady(change, true);
  }

  /** The change's content or its target is not there any more. */
  waits(change: Change): void {
    this.#setReady(change, false);
  }

  /** The change is given up: those behind it wait no longer. Without effect when it is in no lane. */
  leave(change: Change): void {
    const lane = this.#lanes.get(change.target) ?? [];
    const index = lane.findIndex((entry) => entry.change === change);
    if (index < 0) return;
    lane.splice(index, 1);
    this.#size--;
    if (lane.length === 0) this.#lanes.delete(change.target);
  }

  /** What a change in its lane makes needless: if it replaces, the replacements before it, back to the last insertion. */
  overtakenBy(change: Change): readonly Change[] {
    if (change.kind !== "replacement") return [];
    const lane = this.#lanes.get(change.target) ?? [];
    const older = lane.filter((entry) => entry.change.job.arrivalNumber < change.job.arrivalNumber);
    return older.slice(older.findLastIndex((entry) => !replaces(entry)) + 1).map((entry) => entry.change);
  }

  /**
   * Take what may be applied to one target now, and what that overtakes.
   *
   * @param unreadSince arrival of the oldest job that has not said what it is for: an insertion behind it waits.
   */
  take(target: string, unreadSince: number): Turn {
    const lane = this.#lanes.get(target) ?? [];
    const barrier = lane.findIndex((entry) => !entry.isReady && !replaces(entry));
    const open = barrier < 0 ? lane : lane.slice(0, barrier);
    const newest = open.findLast((entry) => entry.isReady && replaces(entry));
    const applied: Change[] = [];
    const overtaken: Change[] = [];
    let isHeldUp = false;
    for (const entry of open) {
      const { change, isReady } = entry;
      const { arrivalNumber } = change.job;
      if (replaces(entry) && newest && entry !== newest && arrivalNumber <= newest.change.job.arrivalNumber)
        overtaken.push(change);
      else if (!isReady) break;
      else if (!replaces(entry) && arrivalNumber > unreadSince) {
        isHeldUp = true;
        break;
      } else applied.push(change);
    }
    // Only what is applied overtakes anything.
    if (newest && applied.includes(newest.change)) this.#remember(newest.change);
    else overtaken.length = 0;
    for (const change of [...applied, ...overtaken]) this.leave(change);
    return { applied, overtaken, isHeldUp };
  }

  clear(): void {
    this.#lanes.clear();
    this.#size = 0;
  }

  #setReady(change: Change, isReady: boolean): void {
    const entry = this.#lanes.get(change.target)?.find((candidate) => candidate.change === change);
    if (entry) entry.isReady = isReady;
  }

  #remember({ target, job }: Change): void {
    remember(this.#replaced, target, job.arrivalNumber, MAX_REMEMBERED_TARGETS);
  }
}

function replaces({ change }: Entry): boolean {
  return change.kind === "replacement";
}
