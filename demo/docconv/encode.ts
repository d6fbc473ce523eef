/** From pixels to the three WebP images of a preview page. Does not know where the pixels come from. */
import sharp from "sharp";
import type { PreviewPage } from "./conversion.ts";

/** 8-bit sRGB, row by row. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** The box a preview is scaled into, in pixels: wide enough for its place, and not absurdly tall for a narrow strip. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** For a list, for a stream, and for a page of its own. */
export const sizes = {
  small: { width: 200, height: 400 },
  normal: { width: 640, height: 1280 },
  large: { width: 1280, height: 2560 },
} as const satisfies Record<string, Box>;

// Effort 2 of 6: a few per cent larger than with the default 4, in half the time, and someone is waiting.
const WEBP = { quality: 80, effort: 2 } as const;

/** What is smaller than a box stays as it is. */
export async function encode({ data, ...raw }: Pixels, text: string): Promise<PreviewPage> {
  const fit = (box: Box) =>
    sharp(data, { raw })
      .resize({ ...box, fit: "inside", withoutEnlargement: true })
      .webp(WEBP)
      .toBuffer({ resolveWithObject: true });
  const [small, normal, large] = await Promise.all([fit(sizes.small), fit(sizes.normal), fit(sizes.large)]);
  const { width, height } = normal.info;
  return { text, small: small.data, normal: normal.data, large: large.data, width, height };
}
