/** How far the previews of a document are: the types, and the only parser of its file on disk. */
import { isRecord, unexpected } from "./parsing.ts";

export interface PreviewImage {
  /** The beginning of what the page says, for `alt`. */
  readonly text: string;
  /** Size of the image `normal`, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether the image `large` is there too. */
  readonly hasLarge: boolean;
}

export interface PreviewPage {
  /** From 1. */
  readonly page: number;
  /** Without, the page could not be drawn. */
  readonly image?: PreviewImage | undefined;
  /** What is wrong with it, for the user. */
  readonly words?: string | undefined;
}

/** Why no more pages will come, in a sentence for the user. */
export interface Ending {
  readonly words: string;
  /** Whether trying again may help. */
  readonly again: boolean;
}

/** Pages that are there stay, whatever happens. */
export type State = { readonly pages: readonly PreviewPage[] } & (
  | { readonly name: "waiting" }
  /** `page`: the one that is being made; `of`: how many there will be; both undefined while that is not known. */
  | { readonly name: "converting"; readonly page?: number | undefined; readonly of?: number | undefined }
  /** `pageCount`: the document's; undefined when only known to be more than there are previews. */
  | { readonly name: "ready"; readonly pageCount?: number | undefined; readonly words?: string | undefined }
  /** Some pages are there. */
  | ({ readonly name: "stopped" } & Ending)
  | ({ readonly name: "failed" } & Ending)
);

/** Of a document that nothing has been done for. */
export const WAITING: State = { name: "waiting", pages: [] };

/** Whether more is to come by itself. */
export function isUnfinished({ name }: State): boolean {
  return name === "waiting" || name === "converting";
}

/** Whether it can never be another. */
export function isFinal(state: State): boolean {
  return state.name === "ready" || ((state.name === "stopped" || state.name === "failed") && !state.again);
}

export function stateOfEnding(pages: readonly PreviewPage[], { words, again }: Ending): State {
  return { name: pages.some(({ image }) => image) ? "stopped" : "failed", pages, words, again };
}

/** @throws when the text is not a valid `previews.json`. */
export function parseState(text: string): State {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw unexpected("a JSON object", value);
  const { name } = value;
  const pages = parsePages(value["pages"]);
  switch (name) {
    case "waiting":
      return { name, pages };
    case "converting":
      return {
        name,
        pages,
        page: optional("page", "number", value["page"]),
        of: optional("of", "number", value["of"]),
      };
    case "ready":
      return {
        name,
        pages,
        pageCount: optional("pageCount", "number", value["pageCount"]),
        words: optional("words", "string", value["words"]),
      };
    case "stopped":
    case "failed": {
      const { words, again } = value;
      if (typeof words !== "string") throw unexpected("words: a string", words);
      if (typeof again !== "boolean") throw unexpected("again: true or false", again);
      return { name, pages, words, again };
    }
    default:
      throw unexpected("name: waiting, converting, ready, stopped or failed", name);
  }
}

function parsePages(value: unknown): PreviewPage[] {
  if (!Array.isArray(value)) throw unexpected("pages: an array", value);
  return value.map((entry: unknown) => {
    if (!isRecord(entry)) throw unexpected("pages: objects", entry);
    const { page, image, words } = entry;
    if (typeof page !== "number") throw unexpected("page: a number", page);
    return {
      page,
      image: image === undefined ? undefined : parseImage(image),
      words: optional("words", "string", words),
    };
  });
}

function parseImage(value: unknown): PreviewImage {
  if (!isRecord(value)) throw unexpected("image: an object", value);
  const { text, width, height, hasLarge } = value;
  if (typeof text !== "string") throw unexpected("text: a string", text);
  if (typeof width !== "number" || typeof height !== "number") throw unexpected("width, height: numbers", value);
  return { text, width, height, hasLarge: hasLarge === true };
}

function optional(name: string, type: "string", value: unknown): string | undefined;
function optional(name: string, type: "number", value: unknown): number | undefined;
function optional(name: string, type: string, value: unknown): unknown {
  if (value !== undefined && typeof value !== type) throw unexpected(`${name}: a ${type}`, value);
  return value;
}
