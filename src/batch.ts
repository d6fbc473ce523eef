/**
 * Several snippets with one request, for sites that have a batch view. PROTOCOL.md, "Batch view".
 *
 * What the view does not give is not an error: it is fetched by itself, and fails there if it has to.
 */
import { isSameOrigin } from "./origin.ts";
import type { Together } from "./request.ts";
import { fetchHtml, requireContent, SnippetError, type SnippetOptions } from "./snippet.ts";

/** Snippets in one request, at most. */
const MOST = 50;
/** Length of the request's path and query, in characters: what every server and proxy takes. */
const LONGEST = 4_000;
/** Statuses of a server that has no such view. */
const ABSENT = [404, 405, 410, 501];

/** One snippet that is wanted. */
export interface BatchItem {
  readonly url: URL;
  readonly trace: string;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

export class BatchView {
  /** Undefined when there is none, or it turned out not to be there: remembered as long as the endpoint is in use. */
  #view: URL | undefined;
  readonly #options: SnippetOptions;

  /** @param view absolute URL of the batch view; undefined when the site has none. */
  constructor(view: URL | undefined, options: SnippetOptions) {
    this.#view = view;
    this.#options = options;
  }

  /** How many snippets may be asked for at once now. */
  get size(): number {
    return this.#view === undefined ? 1 : MOST;
  }

  /** Does not reject. */
  async fetch(items: readonly BatchItem[]): Promise<Together[]> {
    const { address, asked, tooLong } = this.#address(items);
    const snippets = address && asked.size > 1 ? await this.#request(address, [...asked]) : new Map<string, string>();
    return items.map((item) => {
      const html = snippets.get(nameOf(item));
      if (html !== undefined) return { html };
      return asked.has(item) || tooLong.has(item) ? "alone" : "later";
    });
  }

  async #request(address: URL, items: readonly BatchItem[]): Promise<Map<string, string>> {
    const snippets = new Map<string, string>();
    const trace = items.map((item) => item.trace).join(",");
    try {
      const html = await fetchHtml(address, trace, this.#options.timeout, unlessAllAborted(items));
      const { body } = new DOMParser().parseFromString(`<body>${html}`, "text/html");
      for (const template of body.querySelectorAll<HTMLTemplateElement>(":scope > template[data-url]")) {
        const { url = "", status } = template.dataset;
        if (status === "200") addSnippet(snippets, url, template.innerHTML);
      }
      // Whatever it is that answers here, it is no batch view.
      if (!body.querySelector(":scope > template[data-url]")) this.#view = undefined;
    } catch (error) {
      // 401 and the like are for each snippet to find out; what is passing may be gone at the next batch.
      if (error instanceof SnippetError && ABSENT.includes(error.status ?? 0)) this.#view = undefined;
    }
    return snippets;
  }

  /** The request for as many of them as its length allows. What is too long for any, or of another site, is left out. */
  #address(items: readonly BatchItem[]): { address: URL | undefined; asked: Set<BatchItem>; tooLong: Set<BatchItem> } {
    const asked = new Set<BatchItem>();
    const tooLong = new Set<BatchItem>();
    if (!this.#view) return { address: undefined, asked, tooLong: new Set(items) };
    const address = new URL(this.#view);
    const own = address.pathname.length + address.search.length;
    for (const item of items) {
      const parameter = `url=${encodeURIComponent(nameOf(item))}`;
      if (!isSameOrigin(item.url) || own + 1 + parameter.length > LONGEST) {
        tooLong.add(item);
      } else if (address.pathname.length + address.search.length + 1 + parameter.length <= LONGEST) {
        address.search += `${address.search ? "&" : "?"}${parameter}`;
        asked.add(item);
      }
    }
    return { address, asked, tooLong };
  }
}

/** How the view is asked for a snippet of its own site: by path and query. Of another site: its whole URL. */
function nameOf({ url }: BatchItem): string {
  return isSameOrigin(url) ? url.pathname + url.search : url.href;
}

function addSnippet(snippets: Map<string, string>, url: string, html: string): void {
  try {
    requireContent(url, html, 200);
    snippets.set(url, html);
  } catch {
    // Asked for by itself, it gets its error there.
  }
}

/** A signal that is aborted when each of the items' is. */
function unlessAllAborted(items: readonly BatchItem[]): AbortSignal {
  const controller = new AbortController();
  let left = items.length;
  for (const { signal } of items) {
    signal.addEventListener("abort", () => --left === 0 && controller.abort(), { once: true });
  }
  return controller.signal;
}
