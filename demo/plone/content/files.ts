/**
 * Folders and files that appear complete or not at all: written in a scratch folder on the same file system, then
 * renamed, which is atomic. They are for the site's own user alone. Knows nothing of what is in them.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { draftPath } from "./drafts.ts";

/** Documents may be private. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** A folder that may be there already. */
export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}

/** The same in a folder that has to be there: what has been removed does not come back in part. */
export async function ensureSubfolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: FOLDER_MODE }).catch((error: unknown) => {
    if (!hasCode(error, "EEXIST")) throw error;
  });
}

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
  const draft = draftPath(scratch);
  await mkdir(draft, { mode: FOLDER_MODE });
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

/**
 * Replaces the content of `file` with `data`.
 *
 * @param reserve a file from {@link writeReserve}, which is used up where there is no room for another one.
 */
export async function writeWhole(
  scratch: string,
  file: string,
  data: string | Uint8Array,
  reserve?: string,
): Promise<void> {
  const draft = draftPath(scratch);
  try {
    await writeFile(draft, data, { mode: FILE_MODE });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    if (reserve === undefined || !isNoSpace(error)) throw error;
    await overwrite(reserve, Buffer.from(data), error);
    await rename(reserve, file);
  }
}

/** In bytes: more than any text that has to be written on a full disk. */
const RESERVE_BYTES = 32 * 1024;

/** Keeps room for what must be said when there is none left. */
export async function writeReserve(file: string): Promise<void> {
  try {
    await writeFile(file, Buffer.alloc(RESERVE_BYTES, " "), { mode: FILE_MODE });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** What is there already needs no room to be written over. */
async function overwrite(reserve: string, data: Buffer, cause: unknown): Promise<void> {
  if (data.length > RESERVE_BYTES) throw cause;
  const handle = await open(reserve, "r+").catch(() => Promise.reject(cause));
  try {
    await handle.write(data, 0, data.length, 0);
    await handle.truncate(data.length);
  } finally {
    await handle.close();
  }
}

/** @returns the file's text; undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the file, or the folder that it should be in, is not there. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, "ENOENT");
}

export function isNoSpace(error: unknown): boolean {
  return hasCode(error, "ENOSPC", "EDQUOT");
}

/** Whether `error` is the file system's error of one of these codes, e.g. `ENOENT`. */
function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => error.code === code);
}
