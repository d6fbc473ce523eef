/** What passes through the delivery. Pure. */
import type { Part } from "./lanes.ts";

/** What a message asks for: content from `url`, or given as `html`, for `parts`, or for whatever the snippet names. */
export interface Request<P extends Part, M> {
  /** Place in the order of arrival. A request that comes back after a wait keeps its place. */
  readonly arrival: number;
  readonly url?: string | undefined;
  readonly html?: string | undefined;
  readonly parts?: readonly P[] | undefined;
  /** When its content was there, in milliseconds, `performance.now()`. Set by the delivery. */
  readonly fetched?: number;
  /** Whatever the owner wants to find again with the outcome. */
  readonly message: M;
}

/** One snippet that is wanted. */
export interface Wanted<M> {
  readonly url: string;
  /** The newest of the messages that ask for it. */
  readonly message: M;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/**
 * What has become of one snippet of several that were asked for with one request: it came, it has to be fetched by itself
 * (`alone`), or there was no room for it (`later`).
 */
export type Together = { readonly html: string } | "alone" | "later";

/** Of several requests the one that arrived last. */
export function newest<R extends { readonly arrival: number }>(requests: readonly [R, ...R[]]): R {
  return requests.reduce((a, b) => (a.arrival > b.arrival ? a : b));
}
