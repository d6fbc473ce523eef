/** The HTML that is fetched or sent: the same snippet for every row. Knows nothing of rows and sockets. */

/** Which of the snippets. */
export interface SnippetKey {
  readonly item: number;
  readonly version: number;
  readonly hasPattern: boolean;
}

/** The element that a snippet replaces. */
export function target(item: number): string {
  return `<div id="item-${item}" data-v="0" class="item">Document ${item}</div>`;
}

/** Address of a snippet, which then holds a pattern. */
export function snippetUrl(item: number, version: number): string {
  return `/item/${item}?v=${version}`;
}

/**
 * pat-scroll is what shows that the snippet was scanned: it is cheap, is initialised in a timer as all of Patternslib's
 * newer patterns are, leaves its instance on the element, and holds nothing once the element is gone.
 *
 * @param attributes more of them for the outermost element.
 */
export function snippet({ item, version, hasPattern }: SnippetKey, attributes = ""): string {
  const pattern = hasPattern ? ' class="pat-scroll" data-pat-scroll="trigger: click; offset: 20"' : "";
  return `<div id="item-${item}" data-v="${version}" class="item"${attributes && ` ${attributes}`}>
  <h3>Document ${item}</h3>
  <figure><figcaption>Preview of document ${item}, version ${version}</figcaption></figure>
  <a href="#item-${item}"${pattern}>Show in the list</a>
</div>`;
}

/** The answer of the batch view, as PROTOCOL.md has it. */
export function batch(snippets: readonly { readonly url: string; readonly html: string | undefined }[]): string {
  const templates = snippets.map(({ url, html }) => {
    const status = html === undefined ? 404 : 200;
    return `<template data-url="${url.replaceAll("&", "&amp;")}" data-status="${status}">${html ?? ""}</template>`;
  });
  return `<!DOCTYPE html><html><body>\n${templates.join("\n")}\n</body></html>`;
}
