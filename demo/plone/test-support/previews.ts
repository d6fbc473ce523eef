/** For tests: previews without a conversion. */
import type { Content } from "../content/content.ts";
import type { StoredDocument } from "../content/document.ts";
import type { PreviewWriter } from "../content/preview-writer.ts";

export const pixels = Buffer.from("not really an image");

export const pageEvent = (page: number, of: number) =>
  ({
    type: "page",
    page,
    of,
    image: { text: "Once upon a time", small: pixels, normal: pixels, width: 640, height: 480 },
  }) as const;

export const largeEvent = (page: number) => ({ type: "large", page, large: pixels }) as const;

/** Stores a document's first pages, each with all its images. */
export async function storePages(content: Content, document: StoredDocument, pages: number): Promise<PreviewWriter> {
  const writer = await content.previews(document);
  for (let page = 1; page <= pages; page++) {
    await writer.add(pageEvent(page, pages), pages);
    await writer.add(largeEvent(page), pages);
  }
  return writer;
}

export async function storeReady(content: Content, document: StoredDocument, pages: number): Promise<void> {
  await (await storePages(content, document, pages)).ready(pages);
}
