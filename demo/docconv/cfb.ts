/**
 * Reads Microsoft's compound files ([MS-CFB]), the container of doc, xls, ppt, vsd and pub, as far as it takes to tell what
 * they hold and whether it is encrypted.
 */

const FREE = 0xfffffffa; // Sector numbers from here on are marks, such as the end of a chain (2.1).
const HEADER_DIFAT = 76;
const ENTRY = 128;
const MINI_STREAM_CUTOFF = 4096;

export function isCompoundFile(bytes: Buffer): boolean {
  return bytes.toString("hex", 0, 8) === "d0cf11e0a1b11ae1";
}

interface Stream {
  readonly start: number;
  readonly size: number;
}

export class CompoundFile {
  readonly #bytes: Buffer;
  readonly #sectorSize: number;
  readonly #fat: readonly number[];
  /** By name in capitals: [MS-CFB] 2.6.4 compares names without case. */
  readonly #streams: ReadonlyMap<string, Stream>;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#sectorSize = bytes.readUInt16LE(30) === 12 ? 4096 : 512;
    this.#fat = this.#fatSectors().flatMap((sector) => numbers(this.#sector(sector)));
    this.#streams = this.#directory(this.#chain(bytes.readUInt32LE(48), this.#fat));
  }

  /** @returns undefined for what is none, or one whose directory is damaged. */
  static read(bytes: Buffer): CompoundFile | undefined {
    try {
      const file = isCompoundFile(bytes) ? new CompoundFile(bytes) : undefined;
      return file && file.#streams.size > 0 ? file : undefined;
    } catch {
      return undefined;
    }
  }

  has(name: string): boolean {
    return this.#streams.has(name.toUpperCase());
  }

  /** The whole of a stream; empty when there is none, shorter when the file is. */
  stream(name: string): Buffer {
    const found = this.#streams.get(name.toUpperCase());
    if (!found) return Buffer.alloc(0);
    const { start, size } = found;
    const content = size < MINI_STREAM_CUTOFF ? this.#mini(start) : this.#chain(start, this.#fat);
    return content.subarray(0, size);
  }

  #sector(index: number): Buffer {
    const at = (index + 1) * this.#sectorSize;
    return this.#bytes.subarray(at, at + this.#sectorSize);
  }

  /** The sectors of the FAT: 109 in the header (2.2), the others in a chain of their own (2.5). */
  #fatSectors(): number[] {
    const sectors = numbers(this.#bytes.subarray(HEADER_DIFAT, HEADER_DIFAT + 109 * 4));
    const seen = new Set<number>();
    for (let next = this.#bytes.readUInt32LE(68); next < FREE && !seen.has(next); ) {
      seen.add(next);
      const entries = numbers(this.#sector(next));
      next = entries.pop() ?? FREE;
      sectors.push(...entries);
    }
    return sectors.filter((sector) => sector < FREE);
  }

  #chain(start: number, table: readonly number[]): Buffer {
    return Buffer.concat([...follow(start, table)].map((sector) => this.#sector(sector)));
  }

  #directory(bytes: Buffer): Map<string, Stream> {
    const streams = new Map<string, Stream>();
    for (let at = 0; at + ENTRY <= bytes.length; at += ENTRY) {
      const length = Math.min(bytes.readUInt16LE(at + 64), 64);
      if (length < 2) continue;
      const name = bytes.toString("utf16le", at, at + length - 2).toUpperCase();
      // An embedded document has streams of the same names, further back.
      if (!streams.has(name))
        streams.set(name, { start: bytes.readUInt32LE(at + 116), size: bytes.readUInt32LE(at + 120) });
    }
    return streams;
  }

  /** Small streams lie together in the stream of the root entry, in sectors of 64 bytes with a FAT of their own (2.4). */
  #mini(start: number): Buffer {
    const root = this.#streams.get("ROOT ENTRY");
    if (!root) return Buffer.alloc(0);
    const content = this.#chain(root.start, this.#fat);
    const table = numbers(this.#chain(this.#bytes.readUInt32LE(60), this.#fat));
    return Buffer.concat([...follow(start, table)].map((sector) => content.subarray(sector * 64, sector * 64 + 64)));
  }
}

function* follow(start: number, table: readonly number[]): Generator<number> {
  const seen = new Set<number>();
  for (let sector = start; sector < FREE && !seen.has(sector); sector = table[sector] ?? FREE) {
    seen.add(sector);
    yield sector;
  }
}

function numbers(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32LE(index * 4));
}
