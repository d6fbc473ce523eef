/**
 * A change: one source for one target, knowing its job. The unit that waits, is overtaken, is fetched for, is put in place
 * and is told about.
 */
import type { InjectConfig } from "./host.ts";
import type { Job } from "./job.ts";

export interface Change {
  readonly job: Job;
  /** The target's selector, in the one way of writing it: two changes have the same target when these are equal. */
  readonly target: string;
  /**
   * - `replacement`: of the target, or of its content.
   * - `inside`: an insertion into the target, which a later replacement wipes out.
   * - `beside`: an insertion before or after the target itself.
   */
  readonly kind: "replacement" | "inside" | "beside";
  /** pat-inject's word for what happens to the target: `content` or `element`, with `before`, `after` or nothing behind it. */
  readonly action: string;
  readonly config: InjectConfig;
  /** False when the argument names no source. */
  readonly hasSource: boolean;
  /** The source's own HTML, when the snippet itself named the target; otherwise the source is found in the job's snippet. */
  readonly html?: string;
  /** pat-inject has read that HTML already: it is put in place as it is. */
  readonly isRead?: true;
}

/** Whether it makes those before it needless. */
export function isReplacement({ kind }: Pick<Change, "kind">): boolean {
  return kind === "replacement";
}

/** Content for some changes of one job. */
export interface Content {
  readonly job: Job;
  readonly changes: readonly Change[];
  /** The snippet. */
  readonly html: string;
  /** When the snippet was there, in milliseconds of `performance.now()`. */
  readonly fetched: number;
}
