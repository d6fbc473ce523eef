/** What a conversion is made of: the nouns the other files of this folder share. */
import type { Reason } from "./words.ts";

/** Previews of one page: WebP images, in the sizes of encode.ts, without the metadata of the original. */
export interface PageImage {
  /** What the page says, on one line. Empty when it says nothing, as any image. */
  readonly text: string;
  readonly small: Buffer;
  readonly normal: Buffer;
  /** Size of `normal` in pixels. */
  readonly width: number;
  readonly height: number;
}

/** A page with its largest image too. */
export interface PreviewPage extends PageImage {
  readonly large: Buffer;
}

export type Kind = "pdf" | "image" | "office" | "text";

/**
 * What happens in a conversion, as it happens. Pages come in their order, and each has its large image right behind it, which
 * may fail to come when the conversion ends in between: `normal` then stands in for it.
 */
export type PageEvent =
  | {
      readonly type: "page";
      /** From 1. */
      readonly page: number;
      /** Pages that will be converted, at most; the document may have more. */
      readonly of: number;
      readonly image: PageImage;
      /** What is wrong with this page, for the user. */
      readonly words?: string | undefined;
    }
  | { readonly type: "large"; readonly page: number; readonly large: Buffer }
  /** A page that could not be drawn. The others are still worth showing. */
  | { readonly type: "lost"; readonly page: number; readonly of: number; readonly words: string };

/** How a conversion ended, with words for the user. */
export type Outcome =
  /** All pages asked for were tried, and at least one is there. */
  | {
      readonly state: "done";
      readonly kind: Kind;
      /** Pages of the document; undefined when only known to be more than were converted. */
      readonly total: number | undefined;
      readonly words?: string | undefined;
    }
  /** Some pages are there, and no more will come. */
  | (Failure & { readonly state: "stopped" })
  /** There is no page. */
  | (Failure & { readonly state: "failed" });

export interface Failure {
  readonly reason: Reason;
  readonly words: string;
  /** Whether trying again may help. */
  readonly again: boolean;
  /** For the log. */
  readonly cause?: string | undefined;
}

export type ConversionEvent = PageEvent | { readonly type: "end"; readonly outcome: Outcome };
