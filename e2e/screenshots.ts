/**
 * `npm run screenshots`: the pictures of the README and the demo's tour, into docs/. Runs the demo, lets Jane and Joe share
 * documents, and takes their pages; and, as an animation, both windows side by side while Jane's document arrives in Joe's.
 * `npm run screenshots -- states`: only those of a target's states.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import sharp from "sharp";
import { readConfig } from "../demo/config.ts";
import { createDemo } from "../demo/server.ts";
import { blocksOf } from "./docs/blocks.ts";
import { showStates, TARGETS } from "./docs/states.ts";
import { chromiumLaunchOptions } from "./support/chromium.ts";
import { startPushServer } from "./support/push-server.ts";

const FOLDER = "docs";
/** Of each of the two windows of the animation. */
const WINDOW = { width: 700, height: 640 };
/** Between two frames at least, and for the first and the last one, in milliseconds. */
const FRAME_MS = 160;
const STILL_MS = 1_600;
/** Bytes a second that the animation's upload takes. */
const SLOW_UPLOAD = 150_000;

/** A document as a browser prints it: on each page a title, a little chart, lines of text. */
async function printedPdf(
  browser: Browser,
  title: string,
  colour: string,
  bars: readonly number[],
  pages = 1,
): Promise<Buffer> {
  const page = await browser.newPage();
  const lines = Array.from({ length: 9 }, (_, n) => `<hr style="width:${100 - ((n * 37) % 30)}%">`).join("");
  const sheets = Array.from({ length: pages }, (_, n) => {
    const columns = [...bars.slice(n), ...bars.slice(0, n)]
      .map((height) => `<i style="height:${height}%"></i>`)
      .join("");
    return `<section><h1>${title}</h1><div>${columns}</div>${lines}</section>`;
  });
  await page.setContent(`<style>
    section { break-after: page }
    body { font: 22px system-ui, sans-serif; margin: 64px }
    h1 { font-size: 52px; color: ${colour}; margin: 0 0 36px }
    div { display: flex; gap: 18px; align-items: end; height: 300px; border-bottom: 3px solid ${colour}; margin-bottom: 40px }
    i { flex: 1; background: ${colour}; opacity: .75; border-radius: 6px 6px 0 0 }
    hr { border: 0; height: 12px; background: #d5d9dc; border-radius: 6px; margin: 0 0 18px }
  </style>${sheets.join("")}`);
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
  await page.locator("#uploads", { hasText: name }).waitFor();
}

/** Resolves when nothing is awaited, and what fades in is there. */
async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
}

async function take(page: Page, name: string): Promise<void> {
  await atRest(page);
  await sharp(await page.screenshot())
    .resize({ width: 1600 })
    .webp({ quality: 82 })
    .toFile(join(FOLDER, `${name}.webp`));
}

/** Files are held over Jane's page, then let go. */
async function drag(page: Page, file: Buffer, kind: "dragover" | "drop"): Promise<void> {
  await page.evaluate(
    ([base64, type]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "Strategy.pdf", { type: "application/pdf" }));
      document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    },
    [file.toString("base64"), kind] as const,
  );
}

/** Both windows, side by side. */
async function frame(pages: readonly Page[]): Promise<Buffer> {
  const windows = await Promise.all(pages.map((page) => page.screenshot({ scale: "css" })));
  const gap = 20;
  return sharp({
    create: { width: 2 * WINDOW.width + gap, height: WINDOW.height, channels: 3, background: "#8b9a97" },
  })
    .composite(windows.map((input, index) => ({ input, left: index * (WINDOW.width + gap), top: 0 })))
    .png()
    .toBuffer();
}

async function animate(jane: Page, joe: Page, file: Buffer): Promise<void> {
  const pages = [jane, joe];
  for (const page of pages) {
    await page.setViewportSize(WINDOW);
    await page.reload();
    await page.locator("body[data-inject-async-state=open]").waitFor();
  }
  await joe.locator("#documents-title").evaluate((heading) => heading.scrollIntoView());
  const network = await jane.context().newCDPSession(jane);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: SLOW_UPLOAD,
  });
  const frames: { readonly at: number; readonly picture: Buffer }[] = [];
  const shoot = async () => {
    await sleep(Math.max(0, (frames.at(-1)?.at ?? 0) + FRAME_MS - performance.now()));
    frames.push({ at: performance.now(), picture: await frame(pages) });
  };
  await shoot();
  await drag(jane, file, "dragover");
  for (let n = 0; n < 5; n += 1) await shoot();
  await drag(jane, file, "drop");
  while (!(await joe.locator('#documents img[alt*="Strategy.pdf"]').isVisible())) await shoot();
  for (let n = 0; n < 5; n += 1) await shoot();
  for (const page of pages) await atRest(page);
  await shoot();
  const delay = frames.map(({ at }, index) => {
    const next = frames[index + 1];
    return index === 0 || !next ? STILL_MS : Math.round(next.at - at);
  });
  const scaled = await Promise.all(frames.map(({ picture }) => sharp(picture).resize({ width: 960 }).png().toBuffer()));
  await sharp(scaled, { join: { animated: true } })
    .webp({ quality: 70, delay, loop: 0, effort: 6 })
    .toFile(join(FOLDER, "upload.webp"));
}

/** A target in each of its states, with the style that docs/designers.md has to copy. */
async function takeStates(browser: Browser): Promise<void> {
  const push = await startPushServer();
  try {
    const page = await browser.newPage({ viewport: { width: 360, height: 600 }, deviceScaleFactor: 2 });
    const style = "body { font: 16px system-ui, sans-serif; margin: 8px } body > * { padding: 8px; margin: 16px 4px }";
    const css = blocksOf("css").filter(({ place }) => place.startsWith("docs/designers.md"));
    await showStates(page, push, [style, ...css.map(({ text }) => text)].join("\n"));
    for (const id of Object.values(TARGETS)) {
      const { x, y, width, height } = (await page.locator(`#${id}`).boundingBox()) ?? {
        x: 0,
        y: 0,
        width: 0,
        height: 0,
      };
      const clip = { x: x - 4, y: y - 4, width: width + 8, height: height + 8 };
      const picture = sharp(await page.screenshot({ clip, animations: "disabled", scale: "css" }));
      await picture.webp({ quality: 82 }).toFile(join(FOLDER, `state-${id}.webp`));
    }
    await page.close();
  } finally {
    await push.close();
  }
}

async function takeDemo(browser: Browser): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"));
  const demo = createDemo(readConfig({ PORT: "0", DATA_DIR: dataDir }), () => {});
  const site = await demo.listen();
  try {
    const documents = [
      ["Travel policy.pdf", await printedPdf(browser, "Travel policy", "#8a4b2f", [35, 60, 30, 45])],
      ["Roadmap.pdf", await printedPdf(browser, "Roadmap", "#3f5f8a", [20, 40, 65, 90])],
      ["Quarterly report.pdf", await printedPdf(browser, "Quarterly report", "#1a665f", [45, 70, 55, 95], 4)],
    ] as const;
    const joe = await logIn(browser, site, "joe");
    const jane = await logIn(browser, site, "jane");
    for (const [index, [name, pdf]] of documents.entries()) {
      await upload(index === 1 ? joe : jane, name, pdf);
      await jane.locator(`#documents img[alt*="${name}"]`).waitFor();
    }
    await take(jane, "workspace");
    await joe.getByRole("link", { name: "Quarterly report.pdf" }).first().click();
    await joe.locator('#sheet img[src*="large"]').waitFor();
    await take(joe, "document");
    await jane.getByRole("link", { name: "How it works" }).click();
    await jane.locator("body[data-inject-async-state=open]").waitFor();
    await upload(jane, "Trail.pdf", documents[1][1]);
    await jane.locator("ol.trail:has(.is-browser)", { hasText: "The conversion has ended" }).waitFor();
    await take(jane, "how-it-works");
    for (const page of [jane, joe]) await page.goto(`${site}workspace`);
    // What is behind the end of a PDF is not read, and takes its time on the way.
    const large = Buffer.concat([
      await printedPdf(browser, "Strategy", "#6a3f8a", [30, 80, 50, 70]),
      Buffer.alloc(900_000, "\n"),
    ]);
    await animate(jane, joe, large);
  } finally {
    await demo.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const browser = await chromium.launch(chromiumLaunchOptions());
try {
  await mkdir(FOLDER, { recursive: true });
  await takeStates(browser);
  if (process.argv[2] !== "states") await takeDemo(browser);
} finally {
  await browser.close();
}
