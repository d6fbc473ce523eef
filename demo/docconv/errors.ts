/** Why there is no preview. */

export const failures = [
  /** The file, or the document in it, has nothing to show. */
  "empty",
  /** More bytes or pixels than are converted. */
  "too-large",
  /** Its content is none of the types converted here, whatever its name says. */
  "unknown-type",
  /** Protected by a password. */
  "encrypted",
  /** It begins like its type, but cannot be read. */
  "broken",
  /** An office document, and no LibreOffice to open it with. */
  "no-office",
  /** The conversion was stopped at its time limit. */
  "timeout",
  /** The converter itself failed; `cause` says how. */
  "crashed",
] as const;

export type ConversionFailure = (typeof failures)[number];

/** Its message is a sentence for the user; `cause`, where there is one, is for the log. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
  readonly reason: ConversionFailure;

  constructor(reason: ConversionFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
