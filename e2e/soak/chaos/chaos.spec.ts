/** The small edition of `npm run chaos`. A failure names its seed, and the same seed makes the same chaos. */
import { expect, test } from "@playwright/test";
import { runChaos } from "./chaos.ts";

for (const seed of [1, 2]) {
  test(`through cuts, stalls and delays (seed ${seed}) every message is applied once and in order`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const report = await runChaos(page, { seed, messages: 1_000, interruptions: 15 });
    expect(report).toMatchObject({ sent: 1_000, lost: 0, duplicates: 0, outOfOrder: 0, gaps: 0 });
    expect(report.interruptions).toBeGreaterThanOrEqual(15);
    expect(report.applied + report.overtaken).toBe(1_000);
  });
}
