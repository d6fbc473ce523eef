/** What becomes of jobs: told by events, shown on targets, said to screen readers. Each failure is told once, and contained. */
import { SnippetError, UnauthorizedError } from "../delivery/snippets/errors.ts";
import { type Change, isReplacement } from "../ground/change.ts";
import { isOnPage } from "../ground/dom.ts";
import { emit, warn } from "../ground/events.ts";
import type { Job } from "../ground/job.ts";
import { targetOptions } from "../ground/options.ts";
import { ProtocolError } from "../ground/protocol.ts";
import { findTargets } from "../ground/targets.ts";
import { Announcer } from "../manners/announcer.ts";
import { Failures } from "../manners/failure.ts";
import type { Placeholders } from "./placeholders.ts";
import type { Session } from "./session.ts";

/** What the outcomes of an endpoint's jobs matter to. */
interface OutcomesPage {
  readonly placeholders: Placeholders;
  readonly session: Session;
  /** Where an event goes that belongs to no target. */
  anchor(): Element;
  /** Try a job again whose failure may be transient. */
  retry(job: Job, changes: readonly Change[] | undefined): void;
}

export class Outcomes {
  readonly #page: OutcomesPage;
  readonly #announcer = new Announcer();
  readonly #failures = new Failures();
  /** Changes that have failed: when one is in place after all, its target shows no failure any more. */
  readonly #failed = new WeakSet<Change>();
  #missed = 0;

  constructor(page: OutcomesPage) {
    this.#page = page;
  }

  stop(): void {
    this.#announcer.stop();
    this.#failures.stop();
  }

  /** The message is malformed, or asks for what is not allowed. */
  rejected(given: unknown): void {
    const error = asError(given);
    const isProtocol = error instanceof ProtocolError;
    const expected = isProtocol ? `${error.property}: ${error.expected}` : error.message;
    warn(`message rejected, ${error.message}`);
    const detail = { message: error.message, expected, found: isProtocol ? error.found : "" };
    emit(this.#page.anchor(), "rejected", detail);
  }

  /**
   * @param target what the content was for.
   * @param successor what stands there now.
   */
  injected(target: Element, successor: Element, change: Change): void {
    const { action, job } = change;
    const announcement = job.message.announce ?? targetOptions(target).announce;
    if (announcement !== undefined) this.#announcer.say(announcement);
    const isReplaced = isReplacement(change);
    if (isReplaced || this.#failed.has(change)) {
      for (const element of [target, successor]) this.#failures.clear(element, isReplaced);
    }
    if (!isReplaced) return;
    const { placeholders } = this.#page;
    // A placeholder that was morphed into a placeholder goes on waiting.
    if (action === "content" || !isOnPage(target)) placeholders.satisfy(target);
    placeholders.replaced(target, successor);
  }

  /** @param changes none when the snippet has not said what it is for. */
  failed(given: unknown, job: Job, changes: readonly Change[]): void {
    const error = asError(given);
    const { placeholders, session, anchor, retry } = this.#page;
    const named = changes.flatMap(({ target }) => findTargets(target));
    const targets = named.length > 0 || !job.url ? named : placeholders.waitingFor(job.url.href);
    const isTransient = error instanceof SnippetError && error.retry !== "never";
    const again = isTransient ? () => retry(job, changes.length > 0 ? changes : undefined) : undefined;
    for (const change of changes) this.#failed.add(change);
    for (const target of targets) this.#failures.show(target, placeholders.has(target), again);
    if (error instanceof UnauthorizedError) {
      // Asking on would not help: until someone looks at the page again, nothing is asked for any more.
      if (error.isSessionOver) placeholders.rest();
      session.refused(error);
      return;
    }
    warn(error.message);
    const detail = { error, url: job.message.url, id: job.message.id, trace: job.trace };
    for (const target of targets.length > 0 ? targets : [anchor()]) emit(target, "error", detail);
  }

  /** Given up: its target did not appear. */
  missed({ target, job }: Change): void {
    const { id, url } = job.message;
    emit(this.#page.anchor(), "missed", { id, trace: job.trace, url, target, count: ++this.#missed });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
