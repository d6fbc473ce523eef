/** What a file is: by its content, and by the extension of its name only where content does not tell. */
import { fileTypeFromBuffer } from "file-type";
import { CompoundFile, isCompoundFile } from "./cfb.ts";
import type { Kind } from "./conversion.ts";
import { isEncryptedCompound, isEncryptedZip } from "./encryption.ts";
import { ConversionError } from "./errors.ts";
import {
  compoundStreams,
  imageKinds,
  kindsByName,
  odfTypes,
  officeKinds,
  ooxmlTypes,
  otherKinds,
  type Recipe,
  textKinds,
} from "./kinds.ts";
import { looksLikeText } from "./text.ts";
import { remarks } from "./words.ts";
import { checkUnpackedSize, readZip, unpack, type ZipEntry } from "./zip.ts";

export interface Detected {
  readonly kind: Kind;
  readonly recipe: Recipe;
}

const MAX_TYPE_BYTES = 1024 * 1024;

/**
 * @param extension of the file's name, in small letters, without the dot.
 * @throws {ConversionError} `unknown-type`, `encrypted`, `broken`, `unpacks-too-large`.
 */
export async function detect(bytes: Buffer, extension: string, unpackedBytes: number): Promise<Detected> {
  if (isPdf(bytes)) return { kind: "pdf", recipe: { by: "pdf" } };
  if (bytes.toString("latin1", 0, 4) === "PK\x03\x04") return office(zipKind(bytes, unpackedBytes));
  const compound = CompoundFile.read(bytes);
  if (compound) return office(compoundKind(compound, extension));
  if (isCompoundFile(bytes)) throw new ConversionError("broken");

  const found = await fileTypeFromBuffer(bytes);
  const type = markupKind(bytes) ?? found?.ext ?? (isTiff(bytes) ? "tif" : undefined);
  if (type !== undefined && imageKinds.has(type))
    return { kind: "image", recipe: { by: "image", otherwise: officeKinds.get(type) } };
  if (type === "html" || (found === undefined && type === undefined && looksLikeText(bytes)))
    return { ...office(type ?? textKinds[extension] ?? "txt"), kind: "text" };
  if (type !== undefined && officeKinds.has(type)) return office(type);
  if (kindsByName.has(extension)) return office(extension);
  if (looksLikeText(bytes)) return { ...office("txt"), kind: "text" };
  throw unknown(type, found?.mime);
}

/**
 * PDF readers, PDFium too, find the header anywhere in the first KiB (ISO 32000-1, annex H.3.4.1). Some files have lost theirs,
 * and begin with an object.
 */
function isPdf(bytes: Buffer): boolean {
  const head = bytes.toString("latin1", 0, 1024);
  return head.includes("%PDF-") || (/(?:^|\s)1 0 obj\b/.test(head) && bytes.includes("startxref"));
}

function office(extension: string): Detected {
  const recipe = officeKinds.get(extension);
  if (!recipe) throw unknown(extension, undefined);
  return { kind: recipe.application === "draw" && recipe.links === "none" ? "image" : "office", recipe };
}

function unknown(extension: string | undefined, mime: string | undefined): ConversionError {
  const known = otherKinds[extension ?? ""] ?? (mime === undefined ? undefined : `of the type ${mime}`);
  return new ConversionError("unknown-type", known === undefined ? "" : remarks.unread(known));
}

/** @returns an extension of kinds.ts, or `zip`. */
function zipKind(bytes: Buffer, unpackedBytes: number): string {
  const entries = readZip(bytes);
  if (!entries) throw new ConversionError("broken");
  const part = (path: string): string => textOf(entries.find((entry) => entry.path === path));
  const kind = odfTypes[part("mimetype").trim()] ?? ooxmlKind(part("[Content_Types].xml"));
  if (kind === undefined) return "zip";
  if (isEncryptedZip(entries)) throw new ConversionError("encrypted");
  checkUnpackedSize(entries, unpackedBytes);
  return kind;
}

function ooxmlKind(contentTypes: string): string | undefined {
  for (const [, type = ""] of contentTypes.matchAll(/ContentType\s*=\s*["']application\/vnd\.([^"']+)["']/g)) {
    const kind = ooxmlTypes[type];
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function textOf(entry: ZipEntry | undefined): string {
  try {
    return entry ? unpack(entry, MAX_TYPE_BYTES).toString("utf8") : "";
  } catch {
    return "";
  }
}

function compoundKind(file: CompoundFile, extension: string): string {
  if (isEncryptedCompound(file)) throw new ConversionError("encrypted");
  const known = compoundStreams.find(([stream]) => file.has(stream));
  if (known) return known[1];
  return kindsByName.has(extension) ? extension : "compound";
}

/** Of one that is cut off, file-type does not find what it looks for (TIFF 6.0, section 2). */
function isTiff(bytes: Buffer): boolean {
  return ["49492a00", "4d4d002a"].includes(bytes.toString("hex", 0, 4));
}

/** XML and HTML, which have no magic number: by the element that everything is in. */
function markupKind(bytes: Buffer): string | undefined {
  const head = bytes.toString("utf8", 0, 16 * 1024).trimStart();
  if (!head.startsWith("<") && !head.startsWith("\ufeff<")) return undefined;
  const root = /<([A-Za-z][\w.:-]*)([^>]*)/.exec(head.replace(/<!--[\s\S]*?-->/g, ""));
  const name = root?.[1]?.toLowerCase() ?? "";
  if (name === "svg" || name.endsWith(":svg")) return "svg";
  if (name === "html" || /^<!doctype html/i.test(head)) return "html";
  const mime = name === "office:document" ? /office:mimetype\s*=\s*["']([^"']+)/.exec(root?.[2] ?? "")?.[1] : undefined;
  const kind = odfTypes[mime ?? ""];
  return kind === undefined ? undefined : `f${kind}`;
}
