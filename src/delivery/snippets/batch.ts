/**
 * Several snippets with one request, for sites that have a batch view. PROTOCOL.md, "Batch view".
 *
 * Who wants a snippet calls {@link Snippets.fetch} and does not know of the view: what is wanted at the same moment goes
 * together. What the view does not give is no error: it is asked for again, alone, and fails there if it has to.
 */
import { dom, parseDocument } from "../../ground/dom.ts";
import { nextTask } from "../../ground/next-task.ts";
import { isSameOrigin } from "../../ground/url.ts";
import { requireContent } from "./answer.ts";
import { SnippetError } from "./errors.ts";
import { fetchSnippet } from "./fetch.ts";
import type { Fetchable, SnippetFetcher } from "./snippet.ts";

const MAX_SNIPPETS_PER_BATCH = 50;
/** Length of the request's path and query, in characters: what every server and proxy takes. */
const MAX_ADDRESS_LENGTH = 4_000;
/** How long snippets are gathered for one request, in milliseconds: messages sent at once do not arrive at once. */
const GATHER_MS = 8;
/** Statuses of a server that has no such view. */
const STATUSES_WITHOUT_VIEW = [404, 405, 410, 501];

interface SnippetsOptions {
  /** Absolute URL of the batch view; undefined when the site has none. */
  readonly batch: URL | undefined;
  /** Time limit of one request, in milliseconds. */
  readonly timeout: number;
}

interface SnippetsListener {
  /** A request is made for some snippets; their traces are separated by commas. */
  fetching(url: URL, snippets: readonly URL[], trace: string): void;
  /** A request was answered with a snippet: the user has a session. */
  fetched(): void;
}

interface Item {
  readonly snippet: Fetchable;
  readonly resolve: (html: string) => void;
  readonly reject: (error: unknown) => void;
}

/** A request that is about to be made. */
interface Batch {
  readonly address: URL;
  readonly items: Item[];
}

export class Snippets implements SnippetFetcher {
  /** Undefined when there is none, or it turned out not to be there: remembered as long as the endpoint is in use. */
  #view: URL | undefined;
  readonly #timeout: number;
  readonly #listener: SnippetsListener;
  #gathering: Batch | undefined;
  /** URLs that the view did not give. */
  readonly #alone = new Set<string>();

  constructor({ batch, timeout }: SnippetsOptions, listener: SnippetsListener) {
    this.#view = batch;
    this.#timeout = timeout;
    this.#listener = listener;
  }

  goesAlong(url?: URL): boolean {
    const batch = this.#gathering;
    if (!batch || batch.items.length >= MAX_SNIPPETS_PER_BATCH) return false;
    return url === undefined || (this.#isForView(url) && lengthWith(batch.address, url) <= MAX_ADDRESS_LENGTH);
  }

  fetch(snippet: Fetchable): Promise<string> {
    const { url } = snippet;
    if (!this.#view || !this.#isForView(url)) {
      this.#alone.delete(url.href);
      return this.#fetchAlone(snippet);
    }
    if (!this.goesAlong(url)) this.#send();
    this.#gathering ??= this.#gather(this.#view);
    const { items, address } = this.#gathering;
    address.search += parameter(address, url);
    return new Promise((resolve, reject) => items.push({ snippet, resolve, reject }));
  }

  #gather(view: URL): Batch {
    const batch = { address: new URL(view), items: [] };
    soon(() => this.#gathering === batch && this.#send());
    return batch;
  }

  #send(): void {
    const batch = this.#gathering;
    this.#gathering = undefined;
    const [first, ...others] = batch?.items ?? [];
    if (!batch || !first) return;
    if (others.length === 0) this.#fetchAlone(first.snippet).then(first.resolve, first.reject);
    else void this.#fetchTogether(batch);
  }

  async #fetchAlone(snippet: Fetchable): Promise<string> {
    const html = await this.#fetch(snippet, [snippet.url]);
    this.#listener.fetched();
    return html;
  }

  #fetch(snippet: Fetchable, snippets: readonly URL[]): Promise<string> {
    this.#listener.fetching(snippet.url, snippets, snippet.trace);
    return fetchSnippet(snippet, this.#timeout);
  }

  async #fetchTogether({ address, items }: Batch): Promise<void> {
    const snippets = await this.#request(address, items);
    for (const { snippet, resolve, reject } of items) {
      const { url } = snippet;
      const html = snippets.get(nameOf(url));
      if (html !== undefined) {
        resolve(html);
      } else {
        if (!snippet.signal.aborted) this.#alone.add(url.href);
        reject(new SnippetError(url.href, `expected it in ${address.pathname}, found it missing`, { retry: "alone" }));
      }
    }
  }

  async #request(url: URL, items: readonly Item[]): Promise<Map<string, string>> {
    const snippets = new Map<string, string>();
    const trace = items.map(({ snippet }) => snippet.trace).join(",");
    const urls = items.map(({ snippet }) => snippet.url);
    try {
      const html = await this.#fetch({ url, trace, signal: unlessAllAborted(items) }, urls);
      const { body } = parseDocument(`<body>${html}`);
      const templates = body.querySelectorAll<HTMLTemplateElement>(":scope > template[data-url]");
      for (const { dataset, innerHTML } of templates) {
        if (dataset["status"] === "200") addSnippet(snippets, dataset["url"] ?? "", innerHTML);
      }
      if (snippets.size > 0) this.#listener.fetched();
      // Whatever it is that answers here, it is no batch view.
      if (templates.length === 0) this.#view = undefined;
    } catch (error) {
      // 401 and the like are for each snippet to find out; what is transient may be gone at the next batch.
      if (error instanceof SnippetError && STATUSES_WITHOUT_VIEW.includes(error.status ?? 0)) this.#view = undefined;
    }
    return snippets;
  }

  #isForView(url: URL): boolean {
    const isShort = this.#view !== undefined && lengthWith(this.#view, url) <= MAX_ADDRESS_LENGTH;
    return isShort && isSameOrigin(url) && !this.#alone.has(url.href);
  }
}

/** How the view is asked for a snippet: by path and query. */
function nameOf({ pathname, search }: URL): string {
  return pathname + search;
}

function parameter({ search }: URL, url: URL): string {
  return `${search ? "&" : "?"}url=${encodeURIComponent(nameOf(url))}`;
}

function lengthWith(address: URL, url: URL): number {
  return nameOf(address).length + parameter(address, url).length;
}

function addSnippet(snippets: Map<string, string>, url: string, html: string): void {
  try {
    requireContent(url, html, 200);
    snippets.set(url, html);
  } catch {
    // Asked for alone, it gets its error there.
  }
}

/** A signal that is aborted when each of the items' is. */
function unlessAllAborted(items: readonly Item[]): AbortSignal {
  const controller = new AbortController();
  const check = () => items.every(({ snippet }) => snippet.signal.aborted) && controller.abort();
  for (const { snippet } of items) snippet.signal.addEventListener("abort", check, { once: true });
  check();
  return controller.signal;
}

/** In a hidden tab, where timers are late by up to a minute, as soon as what is due has been done. */
function soon(run: () => void): void {
  if (dom.visibilityState === "visible") setTimeout(run, GATHER_MS);
  else void nextTask().then(run);
}
