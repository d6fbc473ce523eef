/** PDFium, compiled to WebAssembly, with the system's fonts: opens documents and draws their pages. Blocks while it does. */
import { type PDFiumDocument, PDFiumLibrary, PDFiumModule, type PDFiumPage } from "@hyzyla/pdfium";
import type { Box, Pixels } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { pageText } from "./page-text.ts";
import { SystemFonts } from "./system-fonts.ts";

/** Pixels per point (1/72 inch) at most, so that a business card is not blown up to the size of a poster. */
const MAX_SCALE = 4;

/**
 * An instance of PDFium. After an error out of one of these functions its memory may be in any state: a new one is started
 * for what is left.
 */
export class Pdfium {
  readonly fonts: SystemFonts;
  readonly #library: PDFiumLibrary;

  private constructor(library: PDFiumLibrary, fonts: SystemFonts) {
    this.#library = library;
    this.fonts = fonts;
  }

  static async start(): Promise<Pdfium> {
    const module = await PDFiumModule({});
    const library = await PDFiumLibrary.initBase({ vendor: async () => module });
    const fonts = new SystemFonts();
    fonts.installIn(module);
    return new Pdfium(library, fonts);
  }

  /** @throws {ConversionError} `encrypted`, `broken`. */
  async open(bytes: Buffer): Promise<PdfDocument> {
    try {
      return new PdfDocument(await this.#library.loadDocument(withHeader(bytes)));
    } catch (cause) {
      // PDFium's error codes arrive only as messages: "Password required …" and "Unsupported security scheme".
      const encrypted = cause instanceof Error && /password|security/i.test(cause.message);
      throw new ConversionError(encrypted ? "encrypted" : "broken", encrypted ? "" : "PDF", { cause });
    }
  }
}

/** PDFium opens nothing without one. Offsets that are wrong then are found anew, as in any damaged PDF. */
function withHeader(bytes: Buffer): Buffer {
  return bytes.subarray(0, 1024).includes("%PDF-") ? bytes : Buffer.concat([Buffer.from("%PDF-1.4\n"), bytes]);
}

export class PdfDocument {
  readonly pageCount: number;
  readonly #document: PDFiumDocument;

  constructor(document: PDFiumDocument) {
    this.#document = document;
    this.pageCount = document.getPageCount();
  }

  /** The text of a page, as one line; empty when it cannot be read. */
  text(index: number): string {
    try {
      return pageText(this.#document.getPage(index).getText());
    } catch {
      return ""; // A page whose text cannot be read still has a picture.
    }
  }

  /** @returns undefined for a page that PDFium cannot load: it has no size. */
  async draw(index: number, box: Box): Promise<Pixels | undefined> {
    const page = this.#document.getPage(index);
    const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
    return width > 0 && height > 0 ? render(page, width, height, box) : undefined;
  }

  /** For a document that ended without an error. */
  close(): void {
    this.#document.destroy();
  }
}

/** @param width @param height of the page, in points. */
async function render(page: PDFiumPage, width: number, height: number, box: Box): Promise<Pixels> {
  const scale = Math.min(box.width / width, box.height / height, MAX_SCALE);
  const drawn = await page.render({
    width: Math.max(1, width * scale),
    height: Math.max(1, height * scale),
    renderFormFields: true, // What has been filled into a form is part of what the user sees.
  });
  return { data: drawn.data, width: drawn.width, height: drawn.height, channels: 4 };
}
