/** Which documents a user finds: those they may see, by title and text, in an order, a part at a time. */
import type { User } from "../accounts/users.ts";
import type { Content } from "../content/content.ts";
import { maySee, type StoredDocument } from "../content/document.ts";
import { type Found, MAX_SEARCH_CHARACTERS, type Search, SORTINGS, type Sorting } from "../views/listing.ts";

/** In one part. */
const MAX_LISTED_DOCUMENTS = 60;
const MAX_NEWEST_DOCUMENTS = 20;

const ALL: Search = { text: "", sorting: "newest" };

type Compare = (a: StoredDocument, b: StoredDocument) => number;

const titles = new Intl.Collator("en", { numeric: true });

const ORDERS: Readonly<Record<Sorting, Compare>> = {
  newest: (a, b) => b.created - a.created,
  oldest: (a, b) => a.created - b.created,
  title: (a, b) => titles.compare(a.title, b.title),
  size: (a, b) => b.size - a.size,
};

/** @param query what a request contains: anything. */
export function searchOf(query: Readonly<Record<string, unknown>>): Search {
  const { q, sort } = query;
  return {
    text: typeof q === "string" ? q.trim().slice(0, MAX_SEARCH_CHARACTERS) : ALL.text,
    sorting: Object.keys(SORTINGS).find((name): name is Sorting => name === sort) ?? ALL.sorting,
  };
}

/** @param after the uid of the document behind which to begin, or what else the request contains. */
export async function find(user: User, content: Content, search: Search = ALL, after?: unknown): Promise<Found> {
  const visible = (await content.list()).filter((document) => maySee(user, document));
  const matching = (await filtered(visible, content, search.text)).sort(ORDERS[search.sorting]);
  const start = matching.findIndex(({ uid }) => uid === after) + 1;
  const end = start + MAX_LISTED_DOCUMENTS;
  return {
    search,
    documents: matching.slice(start, end),
    hasMore: matching.length > end,
    newest: visible.slice(0, MAX_NEWEST_DOCUMENTS),
  };
}

async function filtered(
  documents: readonly StoredDocument[],
  content: Content,
  text: string,
): Promise<StoredDocument[]> {
  const words = folded(text).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [...documents];
  const matches = await Promise.all(
    documents.map(async (document) => {
      const said = folded(`${document.title}\n${await content.texts(document)}`);
      return words.every((word) => said.includes(word));
    }),
  );
  return documents.filter((_, index) => matches[index]);
}

/** As people compare: neither case nor accents count. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
