/**
 * Whether a document is protected by a password, by the structures that say so: LibreOffice only says that it could not load
 * one, and a word somewhere in the bytes says nothing.
 */
import type { CompoundFile } from "./cfb.ts";
import { unpack, type ZipEntry } from "./zip.ts";

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** ODF 1.3 part 2, 4.8: an element of the manifest; or the archive's own encryption (APPNOTE.TXT 4.4.4). */
export function isEncryptedZip(entries: readonly ZipEntry[]): boolean {
  if (entries.some(({ encrypted }) => encrypted)) return true;
  const manifest = entries.find(({ path }) => path === "META-INF/manifest.xml");
  try {
    const xml = manifest ? unpack(manifest, MAX_MANIFEST_BYTES).toString("utf8") : "";
    return /<(?:[\w.-]+:)?encryption-data[\s/>]/.test(xml);
  } catch {
    return false;
  }
}

export function isEncryptedCompound(file: CompoundFile): boolean {
  // [MS-OFFCRYPTO] 2.3.4.4: the container of a protected docx, xlsx or pptx holds it in this stream.
  return file.has("EncryptedPackage") || isEncryptedWord(file) || isEncryptedExcel(file) || isEncryptedPowerPoint(file);
}

/** [MS-DOC] 2.5.2: the flag fEncrypted of FibBase. */
function isEncryptedWord(file: CompoundFile): boolean {
  const document = file.stream("WordDocument");
  return document.length >= 12 && (document.readUInt16LE(10) & 0x0100) !== 0;
}

/** [MS-XLS] 2.4.117: the record FilePass, before the first sheet. */
function isEncryptedExcel(file: CompoundFile): boolean {
  const workbook = file.has("Workbook") ? file.stream("Workbook") : file.stream("Book");
  for (let at = 0, records = 0; at + 4 <= workbook.length && records < 32; records++) {
    const type = workbook.readUInt16LE(at);
    if (type === 0x002f) return true;
    at += 4 + workbook.readUInt16LE(at + 2);
  }
  return false;
}

/** [MS-PPT] 2.3.2: the token in the stream of the current user. */
function isEncryptedPowerPoint(file: CompoundFile): boolean {
  const user = file.stream("Current User");
  return user.length >= 16 && user.readUInt32LE(12) === 0xf3d1c4df;
}
