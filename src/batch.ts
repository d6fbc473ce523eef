/**
 * Several snippets with one request, for sites that have a batch view. PROTOCOL.md, "Batch view".
 *
 * What the view does not give is not an error: it is fetched by itself, and fails there if it has to.
 */
import { isSameOrigin, resolve } from "./origin.ts";
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
  readonly #view: string | undefined;
  readonly #options: SnippetOptions;
  /** The view turned out not to be there: remembered for the page. */
  #isAbsent = false;

  /** @param view URL of the batch view; undefined when the site has none. */
  constructor(view: string | undefined, options: SnippetOptions) {
    this.#view = view;
    this.#options = options;
  }

  /** How many snippets may be asked for at once now. */
  get size(): number {
    return this.#view === undefined || this.#isAbsent ? 1 : MOST;
  }

  /** @returns the snippets, undefined for those that have to be fetched by themselves. Does not reject. */
  async fetch(items: readonly BatchItem[]): Promise<(string | undefined)[]> {
    const { address, asked } = this.#address(items);
    const snippets = await this.#request(address, asked);
    return items.map((item) => snippets.get(nameOf(item)));
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
      if (!body.querySelector(":scope > template[data-url]")) this.#isAbsent = true;
    } catch (error) {
      // 401 and the like are for each snippet to find out; what is passing may be gone at the next batch.
      if (error instanceof SnippetError && ABSENT.includes(error.status ?? 0)) this.#isAbsent = true;
    }
    return snippets;
  }

  /** The request for as many of them as its length allows. */
  #address(items: readonly BatchItem[]): { address: URL; asked: BatchItem[] } {
    const address = resolve(this.#view ?? "", []);
    const asked: BatchItem[] = [];
    for (const item of items) {
      const query = `${address.search}${address.search ? "&" : "?"}url=${encodeURIComponent(nameOf(item))}`;
      if (!nameOf(item).startsWith("/") || address.pathname.length + query.length > LONGEST) continue;
      address.search = query;
      asked.push(item);
    }
    return { address, asked };
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
