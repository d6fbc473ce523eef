/**
 * The order of what happens to each target: the only place that knows that a newer change replaces an older one. Pure.
 *
 * One lane for each target, sorted by the arrival of the jobs. A change enters its lane when it is known and leaves it when
 * it is applied, overtaken or given up; until then it waits there, ready or not. A replacement overtakes older ones, ready
 * or not: their content would be stale. An insertion waits for all before it, and all after it wait for it.
 */
import { type Change, isReplacement } from "../ground/change.ts";
import { remember } from "../ground/remember.ts";

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
  readonly #lanes = new Map<string, Change[]>();
  /** Those in the lanes. */
  readonly #waiting = new Set<Change>();
  /** Of those, the ones whose content and target are there. */
  readonly #ready = new Set<Change>();
  /** The arrival of the newest replacement applied to each of the targets replaced last. */
  readonly #replaced = new Map<string, number>();

  /** How many changes are in the lanes. */
  get size(): number {
    return this.#waiting.size;
  }

  get targets(): readonly string[] {
    return [...this.#lanes.keys()];
  }

  /** The changes for one target, oldest first. */
  changesFor(target: string): readonly Change[] {
    return [...this.#lane(target)];
  }

  /**
   * @returns false when the change is stale, for a newer replacement has been applied before this change became known; and
   *   when it is in its lane already.
   */
  enter(change: Change): boolean {
    const { target, kind } = change;
    const arrival = arrivalOf(change);
    if (kind !== "beside" && (this.#replaced.get(target) ?? 0) > arrival) return false;
    if (this.#waiting.has(change)) return false;
    this.#waiting.add(change);
    const lane = this.#lane(target);
    this.#lanes.set(target, lane);
    // Nearly always the newest: only what is tried again comes late.
    lane.splice(lane.findLastIndex((other) => arrivalOf(other) <= arrival) + 1, 0, change);
    return true;
  }

  /** The change's content and its target are there. Without effect when it is in no lane. */
  ready(change: Change): void {
    if (this.#waiting.has(change)) this.#ready.add(change);
  }

  /** The change's content or its target is not there any more. */
  waits(change: Change): void {
    this.#ready.delete(change);
  }

  /** The change is given up: those behind it wait no longer. Without effect when it is in no lane. */
  leave(change: Change): void {
    if (!this.#waiting.delete(change)) return;
    this.#ready.delete(change);
    const lane = this.#lane(change.target);
    lane.splice(lane.indexOf(change), 1);
    if (lane.length === 0) this.#lanes.delete(change.target);
  }

  /** What a change in its lane makes needless: if it replaces, the replacements before it, back to the last insertion. */
  overtakenBy(change: Change): readonly Change[] {
    if (!isReplacement(change)) return [];
    const older = this.#lane(change.target).filter((other) => arrivalOf(other) < arrivalOf(change));
    return older.slice(older.findLastIndex((other) => !isReplacement(other)) + 1);
  }

  /**
   * Take what may be applied to one target now, and what that overtakes.
   *
   * @param unreadSince arrival of the oldest job that has not said what it is for: an insertion behind it waits.
   */
  take(target: string, unreadSince: number): Turn {
    const lane = this.#lane(target);
    const barrier = lane.findIndex((change) => !this.#ready.has(change) && !isReplacement(change));
    const open = barrier < 0 ? lane : lane.slice(0, barrier);
    const newest = open.findLast((change) => this.#ready.has(change) && isReplacement(change));
    const applied: Change[] = [];
    const overtaken: Change[] = [];
    let isHeldUp = false;
    for (const change of open) {
      if (isReplacement(change) && newest && change !== newest && arrivalOf(change) <= arrivalOf(newest)) {
        overtaken.push(change);
        continue;
      }
      isHeldUp = !isReplacement(change) && arrivalOf(change) > unreadSince;
      if (isHeldUp || !this.#ready.has(change)) break;
      applied.push(change);
    }
    // Only what is applied overtakes anything.
    if (newest && applied.includes(newest)) {
      remember(this.#replaced, target, arrivalOf(newest), MAX_REMEMBERED_TARGETS);
    } else {
      overtaken.length = 0;
    }
    for (const change of [...applied, ...overtaken]) this.leave(change);
    return { applied, overtaken, isHeldUp };
  }

  clear(): void {
    this.#lanes.clear();
    this.#waiting.clear();
    this.#ready.clear();
  }

  #lane(target: string): Change[] {
    return this.#lanes.get(target) ?? [];
  }
}

function arrivalOf({ job }: Change): number {
  return job.arrivalNumber;
}
