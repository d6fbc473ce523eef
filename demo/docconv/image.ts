/** The preview of an image. It has one page, of an animation the first frame, upright as its EXIF orientation says. */
import sharp from "sharp";
import type { Previews } from "./conversion.ts";
import { encode, sizes } from "./encode.ts";
import { ConversionError } from "./errors.ts";

/** What is decoded at most: a few kilobytes of PNG can claim to be gigabytes of pixels. */
const MAX_PIXELS = 100_000_000;

/** @throws {ConversionError} `broken`, or `too-large` for more than 100 megapixels. */
export async function imagePreviews(bytes: Buffer): Promise<Previews> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) throw tooLarge(width, height);

    // Decoded once, to the largest size wanted. Tolerates warnings, such as odd metadata, but no missing pixels.
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" })
      .autoOrient()
      .resize({ ...sizes.large, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = { data, width: info.width, height: info.height, channels: info.channels };
    return { pages: [await encode(pixels, "")], pageCount: 1 };
  } catch (cause) {
    if (cause instanceof ConversionError) throw cause;
    throw new ConversionError("broken", "This image is damaged and cannot be read, so there is no preview.", { cause });
  }
}

function tooLarge(width: number, height: number): ConversionError {
  const limit = MAX_PIXELS / 1_000_000;
  return new ConversionError(
    "too-large",
    `This image has ${width} × ${height} pixels; previews are made up to ${limit} megapixels.`,
  );
}
