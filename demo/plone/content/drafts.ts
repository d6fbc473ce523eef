/**
 * Where unfinished files and folders are, until they are renamed into their place. Their names say which process writes them,
 * so that those of one that died can be told from those of one that works.
 */
import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** One of a process that cannot be asked, in another container for example, was left there when it is older than this. */
const MAX_AGE_MS = 60 * 60 * 1000;
const NAME = /^(?<host>.+)-(?<pid>\d+)-[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** A path that nothing has yet. */
export function draftPath(scratch: string): string {
  return join(scratch, `${hostname()}-${process.pid}-${randomUUID()}`);
}

/** Removes what processes have left behind that died. Call it before this process writes anything. */
export async function removeAbandoned(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const path = join(scratch, name);
    // Another process may have finished it meanwhile.
    const modified = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (modified !== undefined && isAbandoned(name, modified)) await rm(path, { recursive: true, force: true });
  }
}

function isAbandoned(name: string, modified: number): boolean {
  const { host, pid } = NAME.exec(name)?.groups ?? {};
  if (Date.now() - modified > MAX_AGE_MS) return true;
  if (host !== hostname()) return false;
  // In a container every process has the same id as the one before it.
  if (Number(pid) === process.pid) return modified < Date.now() - process.uptime() * 1000;
  return !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
