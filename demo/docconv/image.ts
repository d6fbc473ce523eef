/** The preview of an image. It has one page, of an animation the first frame, upright as its EXIF orientation says. */
import sharp from "sharp";
import type { PageEvent } from "./conversion.ts";
import { encodeLarge, encodePage, type Pixels, sizes } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { remarks } from "./words.ts";

/** What is decoded at most: a few kilobytes of PNG can claim to be gigabytes of pixels. */
const MAX_PIXELS = 100_000_000;

/**
 * @returns the number of pages there are.
 * @throws {ConversionError} `broken`, or `too-large` for more than 100 megapixels.
 */
export async function* imagePages(bytes: Buffer): AsyncGenerator<PageEvent, number> {
  const { pixels, words } = await readable(bytes);
  yield { type: "page", page: 1, of: 1, image: await encodePage(pixels, ""), words };
  yield { type: "large", page: 1, large: await encodeLarge(pixels) };
  return 1;
}

/** Decoded once, to the largest size wanted; of a damaged image as much as there is. */
async function readable(bytes: Buffer): Promise<{ pixels: Pixels; words?: string }> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) throw tooLarge(width, height);
    // Tolerates warnings, such as odd metadata, but no missing pixels.
    return { pixels: await decode(bytes, "error") };
  } catch (cause) {
    if (cause instanceof ConversionError) throw cause;
    const pixels = await decode(bytes, "none").catch(() => undefined);
    if (pixels === undefined || isPlain(pixels)) throw new ConversionError("broken", "image", { cause });
    return { pixels, words: remarks.cutImage };
  }
}

async function decode(bytes: Buffer, failOn: "error" | "none"): Promise<Pixels> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn })
    .autoOrient()
    .resize({ ...sizes.large, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Whether all pixels are the same: each is as the one before it. */
export function isPlain({ data, channels }: Pixels): boolean {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes.subarray(channels).equals(bytes.subarray(0, -channels));
}

function tooLarge(width: number, height: number): ConversionError {
  const limit = MAX_PIXELS / 1_000_000;
  return new ConversionError("too-large", `it has ${width} × ${height} pixels, and ${limit} megapixels are allowed`);
}
