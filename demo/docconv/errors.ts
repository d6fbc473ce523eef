/** Why there is no preview, as an error: thrown where it is found out, and an outcome at the end. */
import type { Failure } from "./conversion.ts";
import { type Reason, wordsFor } from "./words.ts";

export class ConversionError extends Error {
  override readonly name = "ConversionError";
  readonly reason: Reason;
  readonly again: boolean;

  /** @param detail what the words of this reason ask for. */
  constructor(reason: Reason, detail?: string, options?: ErrorOptions) {
    const { words, again } = wordsFor(reason, detail);
    super(words, options);
    this.reason = reason;
    this.again = again;
  }

  get words(): string {
    return this.message;
  }
}

/** Any error as the failure it leads to: what nobody expected is a converter that crashed. */
export function failureOf(error: unknown): Failure {
  if (isNoSpace(error)) return failureOf(new ConversionError("no-space", "", { cause: error }));
  if (!(error instanceof ConversionError)) return failureOf(new ConversionError("crashed", "", { cause: error }));
  const { reason, words, again, cause } = error;
  if (isNoSpace(cause) && reason !== "no-space") return failureOf(cause);
  return { reason, words, again, cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? "") };
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
