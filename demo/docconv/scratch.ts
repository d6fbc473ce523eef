/** Folders for what LibreOffice writes where it is not locked in. Their names say whose they are, and nothing of a document. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAME = /^docconv-(\d+)-/;

export function createScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), `docconv-${process.pid}-`));
}

export function removeScratch(folder: string): Promise<void> {
  // A process killed a moment ago may still be finishing a write.
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Remove what servers have left behind that were killed. */
export async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await removeScratch(join(tmpdir(), name));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
