/** From pixels to the WebP images of a preview page. Does not know where the pixels come from. */
import sharp from "sharp";
import type { PageImage } from "./conversion.ts";

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

// Effort 0 of 6: about a tenth larger than with the default 4, in a third of the time, and someone is waiting.
const WEBP = { quality: 80, effort: 0 } as const;

export async function encodePage(pixels: Pixels, text: string): Promise<PageImage> {
  const [small, normal] = await Promise.all([encode(pixels, sizes.small), encode(pixels, sizes.normal)]);
  const { width, height } = normal.info;
  return { text, small: small.data, normal: normal.data, width, height };
}

export async function encodeLarge(pixels: Pixels): Promise<Buffer> {
  return (await encode(pixels, sizes.large)).data;
}

/** What is smaller than the box stays as it is. */
function encode({ data, ...raw }: Pixels, box: Box) {
  return sharp(data, { raw })
    .resize({ ...box, fit: "inside", withoutEnlargement: true })
    .webp(WEBP)
    .toBuffer({ resolveWithObject: true });
}
