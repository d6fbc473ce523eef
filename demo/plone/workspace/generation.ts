/** One conversion of a document: its events become stored pages, and messages that tell of them. */
import { join } from "node:path";
import type { Failure, Outcome } from "../../docconv/conversion.ts";
import { failureOf } from "../../docconv/errors.ts";
import { defaultLimits } from "../../docconv/limits.ts";
import type { StoredDocument } from "../content/document.ts";
import type { PreviewWriter } from "../content/preview-writer.ts";
import type { WorkerServices } from "./services.ts";
import { Steps } from "./steps.ts";

export class Generation {
  readonly #document: StoredDocument;
  readonly #services: WorkerServices;
  readonly #steps: Steps;
  /** From the start of the conversion until its first page came out of it. */
  firstPageMs: number | undefined;

  constructor(document: StoredDocument, services: WorkerServices) {
    this.#document = document;
    this.#services = services;
    this.#steps = new Steps(() => {
      services.publisher.progressed(document).catch((error: unknown) => services.log(`${document.uid}: ${error}`));
    });
  }

  /**
   * Afterwards the document's state tells how the conversion ended. With `isFirst` only the first page is made: a document that
   * may have more stays unfinished.
   *
   * @throws `signal.reason` when it is aborted, and what is not the document's fault.
   */
  async run(isFirst: boolean, signal: AbortSignal): Promise<void> {
    const { content, log } = this.#services;
    const { uid } = this.#document;
    const writer = await content.previews(this.#document);
    try {
      const outcome = await this.#convert(writer, isFirst, signal);
      if (outcome.state !== "done") log(`${uid}: ${inOneLine(outcome)}`);
      if (isFirst && hasMore(outcome)) return await this.#goOn(writer, outcome);
      if (outcome.state === "done") await writer.ready(outcome.total, outcome.words);
      else await writer.ended(outcome);
      this.#steps.stop();
    } catch (error) {
      this.#steps.stop();
      const failure = failureOf(error);
      if (failure.reason !== "no-space") throw error;
      log(`${uid}: ${inOneLine(failure)}`);
      await writer.ended(failure);
    }
  }

  async #convert(writer: PreviewWriter, isFirst: boolean, signal: AbortSignal): Promise<Outcome> {
    const { content, converter, publisher, maxUploadBytes } = this.#services;
    const { root, name } = content.original(this.#document);
    const limits = { bytes: maxUploadBytes, ...(isFirst ? { pages: 1 } : {}) };
    let of: number | undefined;
    let isShown = writer.pages.some(({ image }) => image);
    await writer.converting();
    // What is told where the rest of a document begins has been told where its first page ended.
    if (isFirst || !isShown) this.#steps.soon();
    const started = performance.now();
    for await (const event of converter.convert(join(root, name), { name: this.#document.title, limits, signal })) {
      if (event.type === "end") return event.outcome;
      if (event.type === "page") this.firstPageMs ??= performance.now() - started;
      if (event.type !== "large" && !isFirst) of = event.of;
      await writer.add(event, of);
      if (event.type === "page" && !isShown) {
        await content.passed(this.#document, "first-page");
        this.#steps.now();
      } else if (event.type !== "large") {
        this.#steps.soon();
      } else if (event.page === 1) {
        await publisher.enlarged(this.#document);
      }
      isShown ||= event.type === "page";
    }
    throw new Error("expected the event end, found none");
  }

  async #goOn(writer: PreviewWriter, outcome: Outcome): Promise<void> {
    const total = outcome.state === "done" ? outcome.total : undefined;
    await writer.converting(2, total === undefined ? undefined : Math.min(total, defaultLimits.pages));
    this.#steps.soon();
  }
}

/** Whether there may be pages behind the first one. */
function hasMore(outcome: Outcome): boolean {
  return outcome.state === "done" ? outcome.total !== 1 : outcome.reason === "unreadable-pages";
}

function inOneLine({ reason, cause = "" }: Failure): string {
  const [line = ""] = cause.split("\n");
  return line === "" ? reason : `${reason} (${line.slice(0, 200)})`;
}
