/** What has to be told although Redis may be away for a while. Safe only for what may be done twice. */
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 30;
const DELAY_MS = 1_000;

/** Keeps no process from ending. @throws the last attempt's error. */
export async function persistently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await work();
    } catch {
      await sleep(DELAY_MS, undefined, { ref: false });
    }
  }
  await work();
}
