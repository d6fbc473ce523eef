/** How much memory a page really uses. */
import type { CDPSession } from "@playwright/test";

/** Bytes on the page's JavaScript heap when everything that nobody needs has been thrown away. */
export async function heap(devtools: CDPSession): Promise<number> {
  for (const _ of [1, 2]) await devtools.send("HeapProfiler.collectGarbage"); // what finalisers let go, goes the second time
  return (await devtools.send("Runtime.getHeapUsage")).usedSize;
}
