/** Previews of a PDF: PDFium, compiled to WebAssembly, draws its pages and reads their text. Blocks while it does. */
import { type PDFiumDocument, PDFiumLibrary, type PDFiumPage } from "@hyzyla/pdfium";
import type { PreviewPage, Previews } from "./conversion.ts";
import { encode, type Pixels, sizes } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { pageText } from "./page-text.ts";

/** Pixels per point (1/72 inch) at most, so that a business card is not blown up to the size of a poster. */
const MAX_SCALE = 4;

/** @throws {ConversionError} `encrypted`, `broken`, or `empty` when it has no pages. */
export async function pdfPreviews(bytes: Uint8Array, maxPages: number): Promise<Previews> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await open(library, bytes);
    try {
      return await previews(document, maxPages);
    } finally {
      document.destroy();
    }
  } finally {
    library.destroy();
  }
}

async function open(library: PDFiumLibrary, bytes: Uint8Array): Promise<PDFiumDocument> {
  try {
    return await library.loadDocument(bytes);
  } catch (cause) {
    // PDFium's error codes arrive only as messages: "Password required …" and "Unsupported security scheme".
    if (cause instanceof Error && /password|security/i.test(cause.message)) {
      throw new ConversionError("encrypted", "This PDF is protected by a password, so there is no preview.", { cause });
    }
    throw broken({ cause });
  }
}

async function previews(document: PDFiumDocument, maxPages: number): Promise<Previews> {
  const pageCount = document.getPageCount();
  if (pageCount === 0) throw new ConversionError("empty", "This PDF has no pages, so there is no preview.");

  const pages: PreviewPage[] = [];
  for (let index = 0; index < Math.min(pageCount, maxPages); index++) {
    const page = document.getPage(index);
    // A page that PDFium cannot load has no size. The others are still worth showing.
    const { originalWidth, originalHeight } = page.getOriginalSize();
    if (!(originalWidth > 0 && originalHeight > 0)) continue;
    // Text first: drawing the page also closes it.
    const text = textOf(page);
    pages.push(await encode(await draw(page, originalWidth, originalHeight), text));
  }
  if (pages.length === 0) throw broken();
  return { pages, pageCount };
}

function textOf(page: PDFiumPage): string {
  try {
    return pageText(page.getText());
  } catch {
    return ""; // A page whose text cannot be read still has a picture.
  }
}

/** @param width @param height of the page, in points. */
async function draw(page: PDFiumPage, width: number, height: number): Promise<Pixels> {
  const scale = Math.min(sizes.large.width / width, sizes.large.height / height, MAX_SCALE);
  const drawn = await page.render({
    width: Math.max(1, width * scale),
    height: Math.max(1, height * scale),
    renderFormFields: true, // What has been filled into a form is part of what the user sees.
  });
  return { data: drawn.data, width: drawn.width, height: drawn.height, channels: 4 };
}

function broken(options?: ErrorOptions): ConversionError {
  return new ConversionError("broken", "This PDF is damaged and cannot be opened, so there is no preview.", options);
}
