/** Ends child processes together with all that they have started. Knows nothing of what they do. */
import type { ChildProcess } from "node:child_process";

// A group of its own outlives this process, unless told.
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach(killGroup));

/** To be called for each child that leads a group, when it has been started. @returns its exit status, or the signal. */
export function endOf(child: ChildProcess): Promise<number | string> {
  running.add(child);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
  return ended.finally(() => running.delete(child));
}

export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the whole group is gone already.
  }
}

/** What a process has written is read within this time after its end, in milliseconds. */
const LAST_OUTPUT_MS = 1_000;

/**
 * Calls `release` once the process has ended and what it wrote has been read. Its pipes need not end with it: a process that
 * it has left behind may hold them open, and whoever waits for their end waits for ever.
 */
export function afterLastOutput(ended: Promise<unknown>, release: () => void): void {
  // Behind a timer that is late, what has arrived meanwhile is read first.
  const later = (): unknown => setTimeout(() => setImmediate(release), LAST_OUTPUT_MS).unref();
  ended.then(later, later);
}
