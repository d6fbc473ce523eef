/** Why a snippet could not be loaded, and when it is worth another attempt. Pure. */
import { backoff } from "../../ground/backoff.ts";

/**
 * Whether the same fetch may succeed:
 *
 * - `never`: no.
 * - `later`: after a pause, for the failure may be transient.
 * - `alone`: at once, but not together with others.
 */
export type Retry = "never" | "later" | "alone";

/** A snippet that could not be loaded. */
export class SnippetError extends Error {
  override readonly name: string = "SnippetError";
  readonly url: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  readonly retry: Retry;

  /** @param details.retry `never` by default. */
  constructor(url: string, message: string, details: { status?: number; retry?: Retry; cause?: unknown } = {}) {
    super(`${url}: ${message}`, { cause: details.cause });
    this.url = url;
    this.status = details.status;
    this.retry = details.retry ?? "never";
  }
}

/** The user may not see the snippet (403), or is not logged in any more. Never retried at once, never injected. */
export class UnauthorizedError extends SnippetError {
  override readonly name = "UnauthorizedError";

  /** Whether the same fetch may succeed after a login. */
  get isSessionOver(): boolean {
    return this.status !== 403;
  }
}

const RETRY_MS = { base: 400, cap: 5_000 };

/**
 * @param attempts how many failed before this one.
 * @param retries how many more may follow the first.
 * @returns the pause before the next attempt, in milliseconds; 0 when it does not count; undefined when there is none.
 */
export function pauseAfter(error: unknown, attempts: number, retries: number): number | undefined {
  if (!(error instanceof SnippetError) || error.retry === "never") return undefined;
  if (error.retry === "alone") return 0;
  return attempts < retries ? Math.max(1, backoff(attempts, RETRY_MS)) : undefined;
}
