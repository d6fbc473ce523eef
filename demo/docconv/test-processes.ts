/** What tests ask about processes, of Linux' /proc. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Processes that it has started, and those have started. */
export async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const pids = children.split(" ").filter(Boolean).map(Number);
  return [...pids, ...(await Promise.all(pids.map(descendants))).flat()];
}

export function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

/** `tail` waits for the end of a process that is nobody's child. */
export async function gone(pid: number): Promise<void> {
  await promisify(execFile)("tail", [`--pid=${pid}`, "-f", "/dev/null"], { timeout: 10_000 });
}
