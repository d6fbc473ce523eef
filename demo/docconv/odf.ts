/**
 * Whether an OpenDocument file is protected by a password. LibreOffice only says that it could not load one.
 *
 * Reads just as much of a zip archive as that takes: the directory, and the manifest (ODF 1.3 part 2, 4.8).
 */
import { inflateRawSync } from "node:zlib";

const MANIFEST = "META-INF/manifest.xml";
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** False as well for what is no zip archive, or a damaged one. */
export function isEncryptedOdf(bytes: Buffer): boolean {
  try {
    return readManifest(bytes)?.includes("encryption-data") ?? false;
  } catch {
    return false;
  }
}

/** Offsets and signatures as in APPNOTE.TXT 4.3.16 (end of directory), 4.3.12 (entry) and 4.3.7 (local header). */
function readManifest(archive: Buffer): Buffer | undefined {
  const end = archive.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) return undefined;

  let entry = archive.readUInt32LE(end + 16);
  while (archive.toString("latin1", entry, entry + 4) === "PK\x01\x02") {
    const nameLength = archive.readUInt16LE(entry + 28);
    if (archive.toString("utf8", entry + 46, entry + 46 + nameLength) === MANIFEST) {
      const local = archive.readUInt32LE(entry + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const data = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
      const stored = archive.readUInt16LE(entry + 10) === 0;
      return stored ? data : inflateRawSync(data, { maxOutputLength: MAX_MANIFEST_BYTES });
    }
    entry += 46 + nameLength + archive.readUInt16LE(entry + 30) + archive.readUInt16LE(entry + 32);
  }
  return undefined;
}
