/** What a message of the benchmark says, before a row puts it into its own words. */
export interface Message {
  /** Number of the target, `item-<item>`. */
  readonly item: number;
  /** The snippet's version, which the target shows when the message has been delivered. */
  readonly version: number;
  /** Whether the snippet is in the message, or must be fetched. */
  readonly kind: Kind;
}

export type Kind = "url" | "inline";

/** A target on every page, for the message that shows that the connection works. */
export const WARM_UP = 9_000_000;
/** A target on every page, for the message that comes last when the ones before it leave nothing to see. */
export const FENCE = 9_000_001;

/** Whether the item is one that the scenario is about. */
export function isCounted(item: number): boolean {
  return item < WARM_UP;
}
