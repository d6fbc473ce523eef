/** The user's session, as the page's fetches and its connection find it. Reports a refusal once, however many requests meet it. */
import type { UnauthorizedError } from "../delivery/snippets/errors.ts";

/** Nothing refused yet, a snippet refused to this user (403), or the end of the session. */
type Access = "granted" | "forbidden" | "over";

export class Session {
  readonly #tell: (reason: string) => void;
  /** URLs that this user may not see: a placeholder does not ask for them again. */
  readonly #forbidden = new Set<string>();
  #access: Access = "granted";

  /** @param tell say that access was refused, and why. */
  constructor(tell: (reason: string) => void) {
    this.#tell = tell;
  }

  get isOver(): boolean {
    return this.#access === "over";
  }

  isForbidden(url: string): boolean {
    return this.#forbidden.has(url);
  }

  /** A snippet was fetched, or the server accepts the page: after the end of a session, perhaps as somebody else. */
  granted(): void {
    if (this.isOver) this.#forbidden.clear();
    this.#access = "granted";
  }

  /** A message names this URL: it may be allowed by now. */
  named(url: string): void {
    this.#forbidden.delete(url);
  }

  refused(error: UnauthorizedError): void {
    if (!error.isSessionOver) this.#forbidden.add(error.url);
    this.#deny(error.isSessionOver ? "over" : "forbidden", error.message);
  }

  /** The server has closed the connection, for the session is over. */
  ended(): void {
    this.#deny("over", "the server says that the session is over");
  }

  /** The end of the session is told even after a snippet was refused. */
  #deny(access: Exclude<Access, "granted">, reason: string): void {
    if (this.#access === "over" || this.#access === access) return;
    this.#access = access;
    this.#tell(reason);
  }
}
