/** How many sockets a process of this machine may have open. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a process has open besides. */
const RESERVE = 200;

/** @returns the number of sockets that can be held, and what to say when these are fewer than wanted. */
export async function possibleSockets(wanted: number): Promise<{ readonly sockets: number; readonly words?: string }> {
  // Node raises its own limit as far as it may.
  const { stdout } = await promisify(execFile)("sh", ["-c", "ulimit -Hn"]);
  const limit = stdout.trim() === "unlimited" ? Number.POSITIVE_INFINITY : Number(stdout);
  if (limit >= wanted + RESERVE) return { sockets: wanted };
  const sockets = Math.max(1, limit - RESERVE);
  const words =
    `A process may have ${limit} files open here (ulimit -Hn), which is too few for ${wanted} connections: ` +
    `this run has ${sockets}. For more, raise the limit: ulimit -n ${wanted + RESERVE}`;
  return { sockets, words };
}
