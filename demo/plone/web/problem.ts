/** The error that a view throws when it refuses a request: a status, and a sentence for the user. */

const TITLES = {
  400: "That did not work",
  401: "Please sign in",
  403: "Not allowed",
  404: "Not found",
  413: "Too large",
  429: "Too much at once",
  507: "No room left",
} as const;

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: keyof typeof TITLES;

  constructor(status: keyof typeof TITLES, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }

  get title(): string {
    return TITLES[this.status];
  }
}
