/** Which page of a document is shown, and what it says. */
import type { Content } from "../content/content.ts";
import type { StoredDocument } from "../content/document.ts";
import type { Sheet } from "../views/document.ts";

/** @param given what the request contains: anything. The first page where that is no page of the document. */
export async function sheetOf(document: StoredDocument, given: unknown, content: Content): Promise<Sheet> {
  const found = document.state.pages.find(({ page }) => String(page) === given) ?? document.state.pages[0];
  const number = found?.page ?? 1;
  return { number, text: await content.text(document, number) };
}
