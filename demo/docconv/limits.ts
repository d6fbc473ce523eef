/** What one document is given. Everything beyond ends in words, never in harm to another document. */

export interface Limits {
  /** Pages converted at most. */
  readonly pages: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Of a zip-based document, all parts together, unpacked. */
  readonly unpackedBytes: number;
  /** For the whole conversion, in milliseconds. */
  readonly timeout: number;
  /** Of each process of the conversion: memory that it alone writes to (RLIMIT_DATA). */
  readonly memoryBytes: number;
  /** Everything LibreOffice writes. */
  readonly scratchBytes: number;
  /** Of each process. */
  readonly openFiles: number;
}

const MiB = 1024 * 1024;

export const defaultLimits: Limits = {
  pages: 20,
  bytes: 50 * MiB,
  unpackedBytes: 256 * MiB,
  timeout: 60_000,
  memoryBytes: 1536 * MiB,
  scratchBytes: 256 * MiB,
  openFiles: 512,
};

export function megabytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MB`;
}
