/**
 * A whole conversion at once, for whoever does not show pages as they come: an adapter over converter.ts.
 */
import type { Kind, Outcome, PageImage, PreviewPage } from "./conversion.ts";
import { Converter, type ConverterOptions } from "./converter.ts";
import { ConversionError } from "./errors.ts";

export type { PreviewPage } from "./conversion.ts";
export { ConversionError } from "./errors.ts";

export interface Conversion {
  readonly kind: Kind | undefined;
  readonly pages: readonly PreviewPage[];
  /** Of the document, as far as it is known; may be more than the pages converted. */
  readonly pageCount: number;
  readonly outcome: Outcome;
}

export interface ConvertOptions extends Pick<ConverterOptions, "soffice" | "cage"> {
  /** Pages converted at most; 20. */
  readonly maxPages?: number;
  /** Size of the file at most, in bytes; 50 MiB. */
  readonly maxBytes?: number;
  /** For the whole conversion, in milliseconds; 60,000. */
  readonly timeout?: number;
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

let shared: Converter | undefined;

/**
 * @throws {ConversionError} when there is no page, with words for the user.
 * @throws `signal.reason` when it is aborted, and the file system's own error when there is no such file.
 */
export async function convert(file: string, options: ConvertOptions = {}): Promise<Conversion> {
  const { maxPages, maxBytes, timeout, name, signal, ...own } = options;
  const isOwn = own.soffice !== undefined || own.cage !== undefined;
  shared ??= new Converter();
  const converter = isOwn ? new Converter(own) : shared;
  const limits = {
    ...(maxPages === undefined ? {} : { pages: maxPages }),
    ...(maxBytes === undefined ? {} : { bytes: maxBytes }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  try {
    return await collect(converter, file, { name, signal, limits });
  } finally {
    if (isOwn) await converter.close();
  }
}

async function collect(
  converter: Converter,
  file: string,
  options: Parameters<Converter["convert"]>[1],
): Promise<Conversion> {
  const images = new Map<number, PageImage>();
  const large = new Map<number, Buffer>();
  for await (const event of converter.convert(file, options)) {
    if (event.type === "page") images.set(event.page, event.image);
    if (event.type === "large") large.set(event.page, event.large);
    if (event.type !== "end") continue;
    const { outcome } = event;
    if (outcome.state === "failed") throw ConversionError.from(outcome);
    const pages = [...images].map(([page, image]) => ({ ...image, large: large.get(page) ?? image.normal }));
    const done = outcome.state === "done" ? outcome : undefined;
    return { kind: done?.kind, pages, pageCount: done?.total ?? pages.length, outcome };
  }
  throw new Error("expected the event end, found none");
}
