/**
 * How long Jane waits, beyond the conversion itself, from pressing "Upload" until the first preview is on her screen: the
 * whole way through the demo and the built library, at rest. The conversion's own time is what the demo's log says of it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { readConfig } from "../demo/config.ts";
import { pdf } from "../demo/docconv/samples.ts";
import { createDemo } from "../demo/server.ts";
import { chromiumLaunchOptions } from "./support/chromium.ts";

const ROUNDS = 30;
const FIRST_PAGE = /first page after (\d+) ms/;

const dataDir = await mkdtemp(join(tmpdir(), "first-preview-"));
const conversions: number[] = [];
const demo = createDemo(readConfig({ PORT: "0", DATA_DIR: dataDir }), (line) => {
  const found = FIRST_PAGE.exec(line)?.[1];
  if (found !== undefined) conversions.push(Number(found));
});
const site = await demo.listen();
const browser = await chromium.launch(chromiumLaunchOptions());
try {
  const page = await browser.newPage();
  await page.goto(site);
  await page.getByLabel("Name").fill("jane");
  await page.getByLabel("Password").fill("jane");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("body[data-inject-async-state=open]").waitFor();
  const waits: number[] = [];
  for (let round = 0; round < ROUNDS; round++) waits.push(await uploadAndWait(page, round));
  const beyond = waits.map((wait, round) => wait - (conversions[round] ?? Number.NaN)).sort((a, b) => a - b);
  say(`from "Upload" to the first preview on screen, ${ROUNDS} PDFs one after another, in ms`);
  say(`  whole      median ${percentile(waits, 0.5).toFixed(0)}`);
  say(`  conversion median ${percentile(conversions, 0.5).toFixed(0)}`);
  say(`  beyond     median ${percentile(beyond, 0.5).toFixed(0)}, p95 ${percentile(beyond, 0.95).toFixed(0)}`);
} finally {
  await browser.close();
  await demo.close();
  await rm(dataDir, { recursive: true, force: true });
}

/** @returns milliseconds until the picture is decoded and drawn. */
async function uploadAndWait(page: Page, round: number): Promise<number> {
  const name = `Document ${round}.pdf`;
  await page.setInputFiles("input[name=file]", {
    name,
    mimeType: "application/pdf",
    buffer: pdf([`Document ${round}\nwith a few words`]),
  });
  const wait = await page.evaluate(async (title) => {
    const started = performance.now();
    document.querySelector<HTMLButtonElement>(".upload button[type=submit]")?.click();
    const picture = await new Promise<HTMLImageElement>((resolve) => {
      new MutationObserver((_, observer) => {
        const pictures = [...document.querySelectorAll<HTMLImageElement>("#documents img")];
        const found = pictures.find(({ alt }) => alt.includes(`of ${title}`));
        if (!found) return;
        observer.disconnect();
        resolve(found);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    await picture.decode();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - started;
  }, name);
  // At rest again: everything has been told, and the process for the next document has had the time to start.
  await page.locator("#uploads", { hasText: `${name} is in the workspace. Its preview is ready.` }).waitFor();
  await page.waitForTimeout(1_000);
  return wait;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
