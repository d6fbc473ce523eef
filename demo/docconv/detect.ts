/** What a file is, by its content alone: names and declared types are what somebody claims. */
import { fileTypeFromBuffer } from "file-type";
import type { Kind } from "./conversion.ts";
import { ConversionError } from "./errors.ts";
import { isOfficeType } from "./office.ts";

export interface Detected {
  readonly kind: Kind;
  /** The type's usual file name extension, without the dot. */
  readonly extension: string;
}

const IMAGE_TYPES: ReadonlySet<string> = new Set(["png", "apng", "jpg", "webp", "gif"]);

/** @throws {ConversionError} `unknown-type`; `encrypted` for the container of a protected Microsoft document. */
export async function detect(bytes: Buffer): Promise<Detected> {
  const found = await fileTypeFromBuffer(bytes);
  const extension = found?.ext === "cfb" ? compoundType(bytes) : (found?.ext ?? looseType(bytes));
  if (extension === "pdf") return { kind: "pdf", extension };
  if (extension !== undefined && IMAGE_TYPES.has(extension)) return { kind: "image", extension };
  if (extension !== undefined && isOfficeType(extension)) return { kind: "office", extension };
  throw new ConversionError(
    "unknown-type",
    `Previews are made of PDF, image and office files; this file is none of them${found ? ` (${found.mime})` : ""}.`,
  );
}

/** PDF readers, PDFium too, find the header anywhere in the first KiB (ISO 32000-1, annex H.3.4.1). */
function looseType(bytes: Buffer): string | undefined {
  return bytes.subarray(0, 1024).includes("%PDF-") ? "pdf" : undefined;
}

/**
 * Microsoft's compound files hold named streams ([MS-CFB] 2.6.1; the names are UTF-16), of many programs. These are the names
 * that Word, PowerPoint and Excel give theirs.
 */
function compoundType(bytes: Buffer): string | undefined {
  const has = (stream: string): boolean => bytes.includes(stream, 0, "utf16le");
  if (has("EncryptedPackage")) {
    throw new ConversionError("encrypted", "This document is protected by a password, so there is no preview.");
  }
  return ["WordDocument", "PowerPoint Document", "Workbook", "Book"].some(has) ? "cfb" : undefined;
}
