/**
 * The order of what happens to each target.
 *
 * One lane a target, sorted by the arrival of the messages. A part enters its lane when it is known and leaves it when it
 * is applied, overtaken, or given up. A replacement overtakes older ones, whether they are ready or not: their content
 * would be stale. An insertion waits for all before it, and all after it wait for it. Pure.
 */

/** One source for one target: the unit that is applied. */
export interface Part {
  /** The target's selector. Two parts have the same target when their selectors are the same. */
  readonly target: string;
  /**
   * - `replacement`: of the target, or of its content.
   * - `inside`: an insertion into the target, which a later replacement wipes out.
   * - `beside`: an insertion before or after the target itself.
   */
  readonly kind: "replacement" | "inside" | "beside";
}

interface Entry<P extends Part> {
  readonly part: P;
  readonly arrival: number;
  ready: boolean;
}

/** For how many targets the last replacement is remembered. */
const MEMORY = 1_000;

export class Lanes<P extends Part> {
  readonly #lanes = new Map<string, Entry<P>[]>();
  /** The arrival of the newest replacement applied to each of the targets replaced last. */
  readonly #replaced = new Map<string, number>();

  /**
   * @param arrival place of its message in the order of arrival.
   * @param ready whether its content is there.
   * @returns false when the part is stale: a newer replacement has been applied before this part became known.
   */
  enter(part: P, arrival: number, ready: boolean): boolean {
    if (part.kind !== "beside" && (this.#replaced.get(part.target) ?? 0) > arrival) return false;
    const lane = this.#lanes.get(part.target) ?? [];
    this.#lanes.set(part.target, lane);
    // Nearly always the newest: only what had to wait elsewhere comes late.
    const index = lane.findLastIndex((entry) => entry.arrival <= arrival) + 1;
    lane.splice(index, 0, { part, arrival, ready });
    return true;
  }

  /** The part's content has arrived. */
  ready(part: P): void {
    const entry = this.#lanes.get(part.target)?.find((candidate) => candidate.part === part);
    if (entry) entry.ready = true;
  }

  /** The part is given up: those behind it no longer wait. */
  leave(part: P): void {
    const lane = this.#lanes.get(part.target) ?? [];
    const index = lane.findIndex((entry) => entry.part === part);
    if (index >= 0) lane.splice(index, 1);
    if (lane.length === 0) this.#lanes.delete(part.target);
  }

  /** What a newly arrived part makes needless: the replacements since the last insertion, if it replaces itself. */
  overtakenBy(part: P, arrival: number): P[] {
    if (part.kind !== "replacement") return [];
    const older = (this.#lanes.get(part.target) ?? []).filter((entry) => entry.arrival < arrival);
    return older.slice(older.findLastIndex((entry) => entry.part.kind !== "replacement") + 1).map(({ part }) => part);
  }

  /**
   * Take what may be applied now for one target, in order.
   *
   * @param unreadSince arrival of the oldest message whose targets are not known yet: an insertion behind it waits.
   * @returns the parts to apply, those that were overtaken, and whether an insertion waits for such a message.
   */
  take(target: string, unreadSince: number): { apply: P[]; overtaken: P[]; isHeldUp: boolean } {
    const lane = this.#lanes.get(target) ?? [];
    const barrier = lane.findIndex((entry) => !entry.ready && entry.part.kind !== "replacement");
    const open = barrier < 0 ? lane : lane.slice(0, barrier);
    const newest = open.findLast((entry) => entry.ready && entry.part.kind === "replacement");
    const apply: P[] = [];
    const overtaken: P[] = [];
    let isHeldUp = false;
    for (const entry of open) {
      const { part, arrival, ready } = entry;
      const isReplacement = part.kind === "replacement";
      if (isReplacement && newest && entry !== newest && arrival <= newest.arrival) overtaken.push(part);
      else if (!ready) break;
      else if (!isReplacement && arrival > unreadSince) {
        isHeldUp = true;
        break;
      } else apply.push(part);
    }
    // Only what is applied overtakes anything.
    if (newest && apply.includes(newest.part)) this.#remember(target, newest.arrival);
    else overtaken.length = 0;
    for (const part of [...apply, ...overtaken]) this.leave(part);
    return { apply, overtaken, isHeldUp };
  }

  #remember(target: string, arrival: number): void {
    this.#replaced.delete(target);
    this.#replaced.set(target, arrival);
    const [oldest] = this.#replaced.keys();
    if (this.#replaced.size > MEMORY && oldest !== undefined) this.#replaced.delete(oldest);
  }
}
