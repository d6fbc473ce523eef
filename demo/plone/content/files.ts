/**
 * Folders and files that appear complete or not at all: written in a scratch folder on the same file system, then
 * renamed, which is atomic. Knows nothing of what is in them.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Creates `folder` with what `fill` writes into it.
 *
 * @returns false when the folder exists already: it is left as it is.
 */
export async function createFolder(
  scratch: string,
  folder: string,
  fill: (path: string) => Promise<void>,
): Promise<boolean> {
  const draft = join(scratch, randomUUID());
  await mkdir(draft);
  try {
    await fill(draft);
    // A rename never replaces a folder that is not empty: of two writers, the first one wins.
    await rename(draft, folder);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (hasCode(error, "ENOTEMPTY", "EEXIST")) return false;
    throw error;
  }
}

/** Replaces the content of `file` with `data`. */
export async function writeWhole(scratch: string, file: string, data: string): Promise<void> {
  const draft = join(scratch, randomUUID());
  await writeFile(draft, data);
  await rename(draft, file);
}

/** @returns the file's text; undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Whether `error` is the file system's error of one of these codes, e.g. `ENOENT`. */
function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => error.code === code);
}
