/**
 * From a document to previews of its pages: the stand-in for Docsplit.
 *
 * Keeps the limits (bytes, pages, time) and the temporary directory. What the file is and how it is converted is decided in
 * a process of its own, worker.ts, so a web server in this one stays responsive whatever it is given.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Conversion } from "./conversion.ts";
import { ConversionError } from "./errors.ts";
import { runWorker } from "./worker-process.ts";

export type { Conversion, PreviewPage } from "./conversion.ts";
export { ConversionError, type ConversionFailure } from "./errors.ts";

export interface ConvertOptions {
  /** Pages converted at most; 20. */
  readonly maxPages?: number;
  /** Size of the file at most, in bytes; 50 MiB. */
  readonly maxBytes?: number;
  /** For the whole conversion, in milliseconds; 60,000. */
  readonly timeout?: number;
  /** Path of LibreOffice's `soffice`; by default the one on PATH. */
  readonly soffice?: string | undefined;
  /** Gives the conversion up. */
  readonly signal?: AbortSignal | undefined;
}

const MiB = 1024 * 1024;

/**
 * Convert the PDF, the image (PNG, JPEG, WebP, GIF) or the office document (odt, docx, doc, rtf, ods, xlsx, xls, odp, pptx,
 * ppt) at the path `file`. Its type is read from its content; its name plays no part.
 *
 * @throws {ConversionError} when no preview can be made, with a sentence for the user.
 * @throws `signal.reason` when it is aborted, and the file system's own error when there is no such file.
 */
export async function convert(file: string, options: ConvertOptions = {}): Promise<Conversion> {
  const { maxPages = 20, maxBytes = 50 * MiB, timeout = 60_000, soffice, signal } = options;
  await checkSize(file, maxBytes);

  const scratch = await mkdtemp(join(tmpdir(), "docconv-"));
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(timedOut(timeout)), timeout);
  const giveUp = (): void => limit.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  try {
    const outcome = await runWorker({ file, scratch, maxPages, soffice }, limit.signal);
    if (outcome.ok) return outcome.conversion;
    throw new ConversionError(outcome.reason, outcome.message, { cause: outcome.cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
    // A process killed a moment ago may still be finishing a write.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function checkSize(file: string, maxBytes: number): Promise<void> {
  const { size } = await stat(file);
  if (size === 0) throw new ConversionError("empty", "This file is empty, so there is no preview.");
  if (size > maxBytes) {
    throw new ConversionError(
      "too-large",
      `This file has ${megabytes(size)}; previews are made of files up to ${megabytes(maxBytes)}.`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MB`;
}

function timedOut(milliseconds: number): ConversionError {
  return new ConversionError(
    "timeout",
    `The preview was not ready within ${milliseconds / 1000} seconds, so the conversion was stopped.`,
  );
}
