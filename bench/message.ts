/** What a message of the benchmark says, before a row puts it into its own words. */

/** What all messages of a plan have in common. */
export type Shape = {
  /** Whether the message names its source too, as most of pat-inject's users do, or only its target. */
  readonly hasSource: boolean;
} & (
  | { readonly kind: "url"; readonly hasPattern: true }
  | {
      readonly kind: "inline";
      /** Whether the snippet holds an element with a pattern. */
      readonly hasPattern: boolean;
    }
);

/** Whether the snippet is in the message, or must be fetched. */
export type Kind = Shape["kind"];

export type Message = Shape & {
  /** Number of the target, `item-<item>`. */
  readonly item: number;
  /** The snippet's version, which the target shows when the message has been delivered. */
  readonly version: number;
};

/** A target on every page, for the message that shows that the connection works. */
export const WARM_UP_ITEM = 9_000_000;
/** A target on every page, for the message that comes last when the ones before it leave nothing to see. */
export const FENCE_ITEM = 9_000_001;

/** Whether the item is one that the scenario is about. */
export function isCounted(item: number): boolean {
  return item < WARM_UP_ITEM;
}
