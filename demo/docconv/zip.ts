/**
 * Reads zip archives, the container of OpenDocument and of Office Open XML, without trusting what they say of themselves.
 *
 * Offsets as in APPNOTE.TXT 4.3.16 (end of directory), 4.3.12 (entry) and 4.3.7 (local header).
 */
import { inflateRawSync } from "node:zlib";
import { ConversionError } from "./errors.ts";
import { megabytes } from "./limits.ts";

export interface ZipEntry {
  readonly path: string;
  readonly encrypted: boolean;
  readonly stored: boolean;
  readonly data: Buffer;
}

const MAX_ENTRIES = 20_000;

/** @returns undefined for what is no zip archive, or one whose directory is damaged. */
export function readZip(archive: Buffer): readonly ZipEntry[] | undefined {
  try {
    return [...readDirectory(archive)];
  } catch {
    return undefined;
  }
}

function* readDirectory(archive: Buffer): Generator<ZipEntry> {
  const end = archive.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) throw new RangeError("expected an end of the directory, found none");
  let at = archive.readUInt32LE(end + 16);
  for (let count = 0; archive.toString("latin1", at, at + 4) === "PK\x01\x02"; count++) {
    if (count === MAX_ENTRIES) throw new RangeError(`expected at most ${MAX_ENTRIES} entries, found more`);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    yield {
      path: archive.toString("utf8", at + 46, at + 46 + nameLength),
      encrypted: (archive.readUInt16LE(at + 8) & 1) !== 0,
      stored: archive.readUInt16LE(at + 10) === 0,
      data: archive.subarray(start, start + archive.readUInt32LE(at + 20)),
    };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** @throws {RangeError} when it is more than `maxBytes`, and zlib's own errors. */
export function unpack({ stored, data }: ZipEntry, maxBytes: number): Buffer {
  if (!stored) return inflateRawSync(data, { maxOutputLength: Math.max(1, maxBytes) });
  if (data.length > maxBytes) throw new RangeError(`expected at most ${maxBytes} bytes, found ${data.length}`);
  return data;
}

/**
 * Measured by unpacking, for the sizes in the directory are claims.
 *
 * @throws {ConversionError} `unpacks-too-large`; a damaged part counts for nothing.
 */
export function checkUnpackedSize(entries: readonly ZipEntry[], maxBytes: number): void {
  let left = maxBytes;
  for (const entry of entries) {
    try {
      left -= unpack(entry, left).length;
    } catch (cause) {
      const tooLarge = cause instanceof RangeError; // ERR_BUFFER_TOO_LARGE is one, too
      if (tooLarge) throw new ConversionError("unpacks-too-large", `more than ${megabytes(maxBytes)}`, { cause });
    }
  }
}
