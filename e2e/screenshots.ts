/** `npm run screenshots`: the picture in the README. Runs the demo, lets Jane and Joe upload documents, and takes Jane's page. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import sharp from "sharp";
import { readConfig } from "../demo/config.ts";
import { createDemo } from "../demo/server.ts";
import { chromiumLaunchOptions } from "./support/chromium.ts";

const PICTURE = "docs/workspace.webp";

/** A document as a browser prints it: a title, a little chart, lines of text. */
async function printedPdf(browser: Browser, title: string, colour: string, bars: readonly number[]): Promise<Buffer> {
  const page = await browser.newPage();
  const columns = bars.map((height) => `<i style="height:${height}%"></i>`).join("");
  const lines = Array.from({ length: 9 }, (_, n) => `<hr style="width:${100 - ((n * 37) % 30)}%">`).join("");
  await page.setContent(`<style>
    body { font: 22px system-ui, sans-serif; margin: 64px }
    h1 { font-size: 52px; color: ${colour}; margin: 0 0 36px }
    div { display: flex; gap: 18px; align-items: end; height: 300px; border-bottom: 3px solid ${colour}; margin-bottom: 40px }
    i { flex: 1; background: ${colour}; opacity: .75; border-radius: 6px 6px 0 0 }
    hr { border: 0; height: 12px; background: #d5d9dc; border-radius: 6px; margin: 0 0 18px }
  </style><h1>${title}</h1><div>${columns}</div>${lines}`);
  const pdf = await page.pdf({ format: "A4", printBackground: true });
  await page.close();
  return pdf;
}

async function logIn(browser: Browser, site: string, user: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(site);
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password").fill(user);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("body[data-inject-async-state=open]").waitFor();
  return page;
}

async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.setInputFiles("input[name=file]", { name, mimeType: "application/pdf", buffer });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.locator("#upload-message", { hasText: name }).waitFor();
}

const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"));
const demo = createDemo(readConfig({ PORT: "0", DATA_DIR: dataDir }), () => {});
const site = await demo.listen();
const browser = await chromium.launch(chromiumLaunchOptions());
try {
  const documents = [
    ["Travel policy.pdf", await printedPdf(browser, "Travel policy", "#8a4b2f", [35, 60, 30, 45])],
    ["Roadmap.pdf", await printedPdf(browser, "Roadmap", "#3f5f8a", [20, 40, 65, 90])],
    ["Quarterly report.pdf", await printedPdf(browser, "Quarterly report", "#1a665f", [45, 70, 55, 95])],
  ] as const;
  const joe = await logIn(browser, site, "joe");
  const jane = await logIn(browser, site, "jane");
  for (const [index, [name, pdf]] of documents.entries()) {
    await upload(index === 1 ? joe : jane, name, pdf);
    await jane.locator(`#documents img[alt*="${name}"]`).waitFor();
  }
  // The fade-in has ended.
  await jane.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  const png = await jane.screenshot();
  await mkdir("docs", { recursive: true });
  await sharp(png).webp({ quality: 82 }).toFile(PICTURE);
} finally {
  await browser.close();
  await demo.close();
  await rm(dataDir, { recursive: true, force: true });
}
