/** How long the previews of a file may take: guessed from its first bytes and its size, before anything is converted. */
import { open, stat } from "node:fs/promises";
import { fileTypeFromBuffer } from "file-type";

/** In no unit: a picture is 1. What is below 100 is a first preview, and comes before all that is not. */
export interface Cost {
  readonly first: number;
  /** Of what is behind the first page, where that can be left for later. */
  readonly rest?: number;
}

const HEAD_BYTES = 4096;
const IMAGE = { cost: 1, bytesEach: 4_000_000 };
const PDF = { cost: 2, bytesEach: 10_000_000 };
/** LibreOffice has to be started, and opens a document as a whole. */
const OFFICE = { cost: 20, bytesEach: 500_000 };
const REST = { cost: 100, bytesEach: 50_000 };

/** A guess is not worth a document: a file that cannot be read counts as dear, and the conversion says what is wrong with it. */
export function guessCost(file: string): Promise<Cost> {
  return guess(file).catch(() => ({ first: REST.cost - 1 }));
}

async function guess(file: string): Promise<Cost> {
  const { size } = await stat(file);
  const head = await readHead(file);
  if (head.subarray(0, 1024).includes("%PDF-")) return { first: firstOf(PDF, size), rest: costOf(REST, size) };
  const type = await fileTypeFromBuffer(head).catch(() => undefined);
  return { first: firstOf(type?.mime.startsWith("image/") ? IMAGE : OFFICE, size) };
}

function costOf({ cost, bytesEach }: typeof IMAGE, size: number): number {
  return cost + size / bytesEach;
}

function firstOf(kind: typeof IMAGE, size: number): number {
  return Math.min(costOf(kind, size), REST.cost - 1);
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
