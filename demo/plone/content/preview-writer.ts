/**
 * Stores the previews of one document, page by page: first the images, then the state that names them.
 *
 * Of two that write for one document at once neither does harm: the same pages have the same images.
 */
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PageEvent } from "../../docconv/conversion.ts";
import { ensureSubfolder, writeReserve, writeWhole } from "./files.ts";
import { type Ending, type PreviewPage, type State, stateOfEnding } from "./state.ts";

export const previewSizes = ["small", "normal", "large"] as const;
export type PreviewSize = (typeof previewSizes)[number];

/** Of the images: raised when the same document would be drawn in another way. */
export const PREVIEW_VERSION = 1;

export const IMAGES_FOLDER = "images";
export const STATE_FILE = "previews.json";
export const RESERVE_FILE = "reserve";

export function imageName(page: number, size: PreviewSize): string {
  return `${page}-${size}.webp`;
}

/** Beside the images: what the page says, as a whole. */
export function textName(page: number): string {
  return `${page}.txt`;
}

/** Characters of a page's text that stand in for its picture: long enough to tell, short enough to be listened to. */
const MAX_ALT_CHARACTERS = 200;

export class PreviewWriter {
  readonly #folder: string;
  readonly #scratch: string;
  readonly #pages: Map<number, PreviewPage>;
  /** The page that is being made, and how many there will be. */
  #page: number | undefined;
  #of: number | undefined;

  /** @param state what is there already. */
  constructor(folder: string, scratch: string, state: State) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#pages = new Map(state.pages.map((page) => [page.page, page]));
    if (state.name === "converting") this.#at(state.page, state.of);
  }

  /** In their order. */
  get pages(): readonly PreviewPage[] {
    return [...this.#pages.values()].sort((a, b) => a.page - b.page);
  }

  /** The document waits, for the first time or once more. */
  async waiting(): Promise<void> {
    const reserve = join(this.#folder, RESERVE_FILE);
    // It has been used up when the last attempt found no room.
    await access(reserve).catch(() => writeReserve(reserve));
    await this.#write({ name: "waiting", pages: this.pages });
  }

  /**
   * More is on its way. What was known of its progress stays known.
   *
   * @param page the one that is being made, if that is known.
   * @param of how many there will be, if that is known.
   */
  async converting(page?: number, of?: number): Promise<void> {
    this.#at(page, of);
    await this.#write({ name: "converting", pages: this.pages, page: this.#page, of: this.#of });
  }

  /**
   * Stores what comes with the event. A page of which everything is there already is left as it is.
   *
   * @param of how many pages there will be, if that is known.
   */
  async add(event: PageEvent, of: number | undefined): Promise<void> {
    const { page } = event;
    const known = this.#pages.get(page);
    if (!known?.image?.hasLarge) await this.#store(event, known);
    await this.converting(event.type === "page" ? page : page + 1, of);
  }

  async #store(event: PageEvent, known: PreviewPage | undefined): Promise<void> {
    const { page } = event;
    switch (event.type) {
      case "page": {
        const { text, width, height, small, normal } = event.image;
        await Promise.all([
          this.#file(textName(page), text),
          this.#file(imageName(page, "small"), small),
          this.#file(imageName(page, "normal"), normal),
        ]);
        const alt = shortened(text, MAX_ALT_CHARACTERS);
        this.#pages.set(page, { page, image: { text: alt, width, height, hasLarge: false }, words: event.words });
        break;
      }
      case "large":
        await this.#file(imageName(page, "large"), event.large);
        if (known?.image) this.#pages.set(page, { ...known, image: { ...known.image, hasLarge: true } });
        break;
      case "lost":
        // An image of it, from an earlier attempt or without the largest, is better than none.
        if (!known?.image) this.#pages.set(page, { page, words: event.words });
        break;
    }
  }

  /** @param pageCount the document's; undefined when only known to be more than there are previews. */
  async ready(pageCount: number | undefined, words?: string): Promise<void> {
    await this.#write({ name: "ready", pages: this.pages, pageCount, words });
    await rm(join(this.#folder, RESERVE_FILE), { force: true });
  }

  /** No more pages will come. Can be told on a full disk, too. */
  async ended(ending: Ending): Promise<void> {
    await this.#write(stateOfEnding(this.pages, ending), join(this.#folder, RESERVE_FILE));
  }

  /** Progress never goes back. */
  #at(page = 1, of = this.#of): void {
    this.#of = of;
    this.#page = Math.min(Math.max(page, this.#page ?? 1), of ?? Number.POSITIVE_INFINITY);
  }

  async #file(name: string, content: Buffer | string): Promise<void> {
    const folder = join(this.#folder, IMAGES_FOLDER);
    await ensureSubfolder(folder);
    await writeWhole(this.#scratch, join(folder, name), content);
  }

  async #write(state: State, reserve?: string): Promise<void> {
    await writeWhole(this.#scratch, join(this.#folder, STATE_FILE), JSON.stringify(state), reserve);
  }
}

/** Between words, where the text has blanks. */
function shortened(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const cut = text.slice(0, characters);
  const lastBlank = cut.lastIndexOf(" ");
  // Never within a surrogate pair.
  return `${lastBlank > 0 ? cut.slice(0, lastBlank) : cut.replace(/[\ud800-\udbff]$/, "")}…`;
}
