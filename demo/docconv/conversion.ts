/** What a conversion results in: the nouns the other files of this folder share. */

/** Previews of one page: three WebP images, in the sizes of encode.ts, without the metadata of the original. */
export interface PreviewPage {
  /** What the page says, on one line and shortened, for the `alt` text. Empty when it says nothing, as any image. */
  readonly text: string;
  readonly small: Buffer;
  readonly normal: Buffer;
  readonly large: Buffer;
  /** Size of `normal` in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Previews {
  readonly pages: readonly PreviewPage[];
  /** Of the document; may be more than the pages converted. */
  readonly pageCount: number;
}

export type Kind = "pdf" | "image" | "office";

export interface Conversion extends Previews {
  readonly kind: Kind;
}
