/** A writer of Microsoft's compound files, just large enough for test documents: up to three streams in one FAT sector. */

const SECTOR = 512;
const STREAM = 4096; // The smallest that does not go into the mini stream.
const [FREE, END, FAT] = [0xffffffff, 0xfffffffe, 0xfffffffd];

/** @param streams contents by name, each at most 4096 bytes. */
export function compoundFile(streams: Readonly<Record<string, Buffer>>): Buffer {
  const sectors = STREAM / SECTOR;
  const entries = Object.entries(streams);
  const header = Buffer.alloc(SECTOR);
  header.write("d0cf11e0a1b11ae1", "hex");
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44); // One sector of FAT: the first.
  header.writeUInt32LE(1, 48); // The directory is in the second.
  header.writeUInt32LE(STREAM, 56);
  for (const at of [60, 68]) header.writeUInt32LE(END, at);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);

  const table = Buffer.alloc(SECTOR, 0xff);
  table.writeUInt32LE(FAT, 0);
  table.writeUInt32LE(END, 4);
  for (const index of entries.keys()) {
    const first = 2 + index * sectors;
    for (let i = 0; i < sectors; i++) table.writeUInt32LE(i === sectors - 1 ? END : first + i + 1, 4 * (first + i));
  }
  const directory = [
    entry("Root Entry", 5, END, 0, entries.length > 0 ? 1 : FREE),
    ...entries.map(([name], index) =>
      entry(name, 2, 2 + index * sectors, STREAM, FREE, index + 2 <= entries.length ? index + 2 : FREE),
    ),
  ];
  const contents = entries.map(([, content]) => Buffer.concat([content, Buffer.alloc(STREAM)]).subarray(0, STREAM));
  return Buffer.concat([
    header,
    table,
    Buffer.concat([...directory, Buffer.alloc(SECTOR)]).subarray(0, SECTOR),
    ...contents,
  ]);
}

function entry(name: string, type: number, start: number, size: number, child: number, right = FREE): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write(name, "utf16le");
  bytes.writeUInt16LE(2 * name.length + 2, 64);
  bytes.writeUInt8(type, 66);
  bytes.writeUInt8(1, 67);
  bytes.writeUInt32LE(FREE, 68);
  bytes.writeUInt32LE(right, 72);
  bytes.writeUInt32LE(child, 76);
  bytes.writeUInt32LE(start, 116);
  bytes.writeUInt32LE(size, 120);
  return bytes;
}
