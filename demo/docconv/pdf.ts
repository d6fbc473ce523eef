/** Previews of the pages of a PDF, one after the other. A page that cannot be drawn loses none of the others. */
import type { PageEvent } from "./conversion.ts";
import { encodeLarge, encodePage, type Pixels, sizes } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { isPlain } from "./image.ts";
import { type PdfDocument, Pdfium } from "./pdfium.ts";
import { remarks } from "./words.ts";

/**
 * @param pdfium one that has been started ahead.
 * @returns the number of pages that the PDF has.
 * @throws {ConversionError} `encrypted`, `broken`, `no-pages`, `unreadable-pages`.
 */
export async function* pdfPages(pdfium: Pdfium, bytes: Buffer, maxPages: number): AsyncGenerator<PageEvent, number> {
  let renderer = pdfium;
  let document = await renderer.open(bytes);
  const { pageCount } = document;
  if (pageCount === 0) throw new ConversionError(claimsPages(bytes) ? "unreadable-pages" : "no-pages");

  const of = Math.min(pageCount, maxPages);
  let drawn = 0;
  let cause: unknown;
  for (let page = 1; page <= of; page++) {
    try {
      for await (const event of pageEvents(renderer, document, page, of)) {
        yield event;
        if (event.type === "page") drawn++;
      }
    } catch (error) {
      cause = error;
      yield { type: "lost", page, of, words: remarks.lostPage };
      renderer = await Pdfium.start();
      document = await renderer.open(bytes);
    }
  }
  if (drawn === 0) throw new ConversionError("unreadable-pages", "", { cause });
  return pageCount;
}

async function* pageEvents(
  renderer: Pdfium,
  document: PdfDocument,
  page: number,
  of: number,
): AsyncGenerator<PageEvent> {
  renderer.fonts.takeMissing();
  const text = document.text(page - 1);
  // Someone is waiting for the first page: its smaller images come before the largest is drawn.
  const first = page === 1 ? await document.draw(page - 1, sizes.normal) : undefined;
  if (first)
    yield { type: "page", page, of, image: await encodePage(first, text), words: remark(renderer, first, text) };
  const large = await document.draw(page - 1, sizes.large);
  if (!large) {
    yield { type: "lost", page, of, words: remarks.lostPage };
    return;
  }
  if (!first)
    yield { type: "page", page, of, image: await encodePage(large, text), words: remark(renderer, large, text) };
  yield { type: "large", page, large: await encodeLarge(large) };
}

function remark({ fonts }: Pdfium, drawn: Pixels, text: string): string | undefined {
  const missing = fonts.takeMissing();
  if (text !== "" && isPlain(drawn)) return remarks.blankPage;
  return missing ? remarks.missingFont : undefined;
}

/** Whether there are pages in it somewhere, though its page tree leads to none: in the open, or in object streams. */
function claimsPages(bytes: Buffer): boolean {
  return /\/Type\s*\/(?:Page(?![a-z])|ObjStm)/.test(bytes.toString("latin1"));
}
