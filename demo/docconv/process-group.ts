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
