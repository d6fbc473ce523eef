/** Writes zip archives: the container of documents in ODF and OOXML. Offsets as in APPNOTE.TXT 4.3. */
import { crc32, deflateRawSync } from "node:zlib";

export interface Part {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Parts are written in their order and compressed; but for `mimetype`, which ODF wants first and as it is. */
export function writeZip(parts: readonly Part[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;

  for (const { path, bytes } of parts) {
    const name = Buffer.from(path);
    const stored = path === "mimetype";
    const data = stored ? bytes : deflateRawSync(bytes);
    // What the local header and the directory share: version, flags, method, time and date, checksum, lengths.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2); // The name is UTF-8.
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(0x00210000, 6); // 1 January 1980, the first day there is
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, data]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, entry, name);
    bodies.push(local);
    offset += local.length;
  }

  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(bodies.length, 8);
  end.writeUInt16LE(bodies.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** @param files contents by path. */
export function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  return writeZip(Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.from(content) })));
}
