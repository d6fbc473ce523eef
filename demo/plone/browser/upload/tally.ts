/** What came of the files since all were quiet the last time, for those who do not see the rows. Knows nothing of the page. */

export interface Summary {
  readonly words: string;
  /** The row of a single file says all there is to see. */
  readonly isSeen: boolean;
}

export class Tally {
  #stored = 0;
  #refused = 0;
  #last = "";

  stored(name: string): void {
    this.#stored += 1;
    this.#last = `${name} is in the workspace.`;
  }

  refused(name: string, why: string): void {
    this.#refused += 1;
    this.#last = `${name}: ${why}`;
  }

  /** How many there are so far. */
  get count(): number {
    return this.#stored + this.#refused;
  }

  /** In one sentence; undefined when there was nothing. Begins anew. */
  sum(): Summary | undefined {
    const [refused, all] = [this.#refused, this.count];
    this.#stored = this.#refused = 0;
    if (all === 0) return undefined;
    if (all === 1) return { words: this.#last, isSeen: false };
    const words =
      refused > 0 ? `${refused} of ${all} files were not shared.` : `All ${all} files are in the workspace.`;
    return { words, isSeen: true };
  }
}
