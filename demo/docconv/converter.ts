/**
 * From documents to previews of their pages, one page at a time: the stand-in for Docsplit.
 *
 * Keeps a worker process started ahead, and the time limit. What a file is and how it is converted is decided in the process;
 * so the one this runs in stays responsive and alive whatever it is given.
 */
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { type Cage, findCage } from "./cage.ts";
import type { ConversionEvent, Outcome } from "./conversion.ts";
import { ConversionError, failureOf } from "./errors.ts";
import { officeKinds } from "./kinds.ts";
import { defaultLimits, type Limits, megabytes } from "./limits.ts";
import type { WorkerMessage } from "./messages.ts";
import { openOffice } from "./office.ts";
import { removeAbandoned } from "./scratch.ts";
import { WorkerProcess } from "./worker-process.ts";
import { workerScript } from "./worker-script.ts";

export interface ConverterOptions {
  readonly limits?: Partial<Limits>;
  /** Path of LibreOffice's `soffice`; by default the one on PATH. */
  readonly soffice?: string | undefined;
  /** By default the best that this machine has. */
  readonly cage?: Cage;
  readonly log?: (line: string) => void;
  /**
   * Whether each document finds a process that has been started ahead, and has practised. Default true. It costs a processor's
   * second, one more than there are documents: tests do without.
   */
  readonly startsAhead?: boolean;
}

export interface ConversionOptions {
  /** The document's name. Only its extension counts, and only where the content does not tell the kind. */
  readonly name?: string | undefined;
  /** Gives the conversion up. */
  readonly signal?: AbortSignal | undefined;
  /** Limits of this conversion alone. */
  readonly limits?: Partial<Pick<Limits, "pages" | "bytes" | "timeout">> | undefined;
}

export class Converter {
  readonly #limits: Limits;
  readonly #soffice: string | undefined;
  readonly #cage: Promise<Cage>;
  readonly #startsAhead: boolean;
  #next: Promise<WorkerProcess> | undefined;
  #closed = false;

  constructor({ limits, soffice, cage, log = () => {}, startsAhead = true }: ConverterOptions = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#soffice = soffice;
    this.#startsAhead = startsAhead;
    this.#cage = cage ? Promise.resolve(cage) : findCage();
    this.#cage.then(({ words, closed }) => {
      log(words);
      if (!closed) removeAbandoned().catch((error: unknown) => log(String(error)));
    });
  }

  /** Start the process for the next document, and wait until it is ready. Happens by itself after each document. */
  async prepare(): Promise<void> {
    await (await this.#worker()).ready;
  }

  /**
   * Convert the document at the path `file`. The last event is `end`, unless it is given up.
   *
   * @throws `signal.reason` when it is aborted, and the file system's own error when there is no such file.
   */
  async *convert(file: string, options: ConversionOptions = {}): AsyncGenerator<ConversionEvent, void> {
    const { signal, name = "" } = options;
    const limits = { ...this.#limits, ...options.limits };
    signal?.throwIfAborted();
    const { size } = await stat(file);
    if (size === 0) return yield ended(new ConversionError("empty"));
    if (size > limits.bytes) return yield ended(tooLarge(size, limits.bytes));

    const limit = new AbortController();
    const timedOut = new ConversionError("timeout", `${limits.timeout / 1000} seconds`);
    const timer = setTimeout(() => limit.abort(timedOut), limits.timeout);
    const giveUp = (): void => limit.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    if (signal?.aborted) giveUp();
    let pages = 0;
    try {
      for await (const event of this.#events(file, name, limits, limit.signal)) {
        if (event.type === "page") pages++;
        yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isFileError(error)) throw error;
      yield ended(error, pages);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Stop the process that waits. Conversions under way end by their own signals. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#next;
    this.#next = undefined;
    await (await worker)?.stop();
  }

  async *#events(file: string, name: string, limits: Limits, signal: AbortSignal): AsyncGenerator<ConversionEvent> {
    const cage = await this.#cage;
    const worker = await this.#take();
    try {
      if (!(await unlessAborted(worker.ready, signal)))
        throw new ConversionError("unavailable", "", { cause: await worker.stop() });
      const job = {
        type: "job",
        extension: extname(name).slice(1).toLowerCase(),
        pages: limits.pages,
        unpackedBytes: limits.unpackedBytes,
        removeLinks: !cage.closed,
      } as const;
      for await (const message of worker.run(job, file, signal)) {
        if (message.type === "office") worker.answer(await this.#open(message, limits, cage, signal));
        else if (message.type !== "ready") yield message;
        if (message.type === "end") return;
        // One page is there: whoever comes next should not wait either.
        if (message.type === "large") this.#prepareNext();
      }
      throw new ConversionError("crashed", "", { cause: await worker.stop() });
    } finally {
      await worker.stop();
      this.#prepareNext();
    }
  }

  async #open(
    { document, extension }: Extract<WorkerMessage, { type: "office" }>,
    limits: Limits,
    cage: Cage,
    signal: AbortSignal,
  ) {
    const recipe = officeKinds.get(extension);
    if (!recipe) throw new TypeError(`expected an extension of an office document, found ${extension}`);
    const task = { document, recipe, pages: limits.pages + 1, cage, limits, soffice: this.#soffice };
    return { type: "opened", pdf: await openOffice(task, signal) } as const;
  }

  /** A process that nobody else has. One that has died while it waited is replaced. */
  async #take(): Promise<WorkerProcess> {
    const take = (): Promise<WorkerProcess> => {
      const worker = this.#worker();
      this.#next = undefined;
      return worker;
    };
    const worker = await take();
    return worker.alive ? worker : take();
  }

  #worker(): Promise<WorkerProcess> {
    this.#next ??= Promise.all([workerScript(), this.#cage]).then(
      ([script, cage]) => new WorkerProcess(script, cage, this.#limits, this.#startsAhead),
    );
    return this.#next;
  }

  #prepareNext(): void {
    if (this.#startsAhead && !this.#closed) void this.#worker().catch(() => {}); // Whoever needs it is told.
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  signal.throwIfAborted();
  return Promise.race([promise, aborted]);
}

function ended(error: unknown, pages = 0): ConversionEvent {
  const outcome: Outcome = { state: pages > 0 ? "stopped" : "failed", ...failureOf(error) };
  return { type: "end", outcome };
}

function tooLarge(found: number, allowed: number): ConversionError {
  return new ConversionError("too-large", `it has ${megabytes(found)}, and ${megabytes(allowed)} are allowed`);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error && "code" in error && error.code !== "ENOSPC";
}
