/**
 * `npm run chaos [seed] [messages] [interruptions]`: by default 10,000 messages over 100 interruptions with a new seed.
 * Prints a report; exits with 1 when a message was lost, doubled or out of order.
 */
import { chromium } from "@playwright/test";
import { chromiumLaunchOptions } from "../../support/chromium.ts";
import { runChaos } from "./chaos.ts";

const [seed = Date.now() % 1_000_000, messages = 10_000, interruptions = 100] = process.argv.slice(2).map(Number);
const browser = await chromium.launch(chromiumLaunchOptions());
const report = await runChaos(await browser.newPage(), { seed, messages, interruptions });
await browser.close();
process.stdout.write(
  `${Object.entries(report)
    .map(([name, value]) => `${name.padEnd(14)} ${value}`)
    .join("\n")}\n`,
);
process.exitCode = report.lost + report.duplicates + report.outOfOrder + report.gaps === 0 ? 0 : 1;
