/** What one upload costs a page with fifty documents on it: bytes, and what moves under the user's eyes. */
import type { Page } from "@playwright/test";
import { pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, MOTION, preview, test, upload } from "../support/demo.ts";
import { storeDocuments } from "../support/stored.ts";

/** A tenth of what it was when both lists came with each message. */
const MAX_BYTES = 13_600;
const MAX_LAYOUT_SHIFT = 0.02;

test.use(MOTION);

/** What reaches the page from now on, in bytes: responses with their headers, and frames. */
async function countBytes(page: Page): Promise<() => number> {
  const devTools = await page.context().newCDPSession(page);
  let bytes = 0;
  devTools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  devTools.on("Network.webSocketFrameReceived", ({ response }) => {
    bytes += Buffer.byteLength(response.payloadData);
  });
  await devTools.send("Network.enable");
  return () => bytes;
}

/** What moves from now on, by itself. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    Object.assign(window, { shifted: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = Object.assign({ value: 0, hadRecentInput: false }, entry.toJSON());
        if (!hadRecentInput) Object.assign(window, { shifted: Reflect.get(window, "shifted") + value });
      }
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate(() => Number(Reflect.get(window, "shifted")));
}

test("an upload moves at most a tenth of what it did, and its preview moves nothing", async ({ logIn, content }) => {
  await storeDocuments(content, 50);
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  for (const page of [jane, joe]) await expect(page.locator("#documents .document")).toHaveCount(50);
  await jane.waitForLoadState("networkidle");
  const bytes = [await countBytes(jane), await countBytes(joe)];
  await upload(jane, "Report.pdf", pdf(["Report"]));
  await expect(preview(joe, "listing")).toHaveClass(/is-waiting|is-converting/);
  const shifted = await watchShifts(joe);
  await expectPreviews(jane);
  await expectPreviews(joe);
  await expect(jane.locator("#uploads")).toContainText("Its preview is ready.");
  const [janes, joes] = bytes.map((count) => count());
  const moved = await shifted();
  test
    .info()
    .annotations.push({ type: "cost", description: `Jane ${janes} bytes, Joe ${joes}, layout shift ${moved}` });
  expect(janes).toBeLessThanOrEqual(MAX_BYTES);
  expect(joes).toBeLessThanOrEqual(MAX_BYTES);
  expect(moved).toBeLessThanOrEqual(MAX_LAYOUT_SHIFT);

  const image = await preview(jane, "listing").locator("img").getAttribute("src");
  const kept = await jane.request.get(new URL(image ?? "", jane.url()).href);
  expect(kept.headers()["cache-control"]).toBe("private, max-age=31536000, immutable");
  const page = await jane.request.get(jane.url());
  expect(page.headers()["content-encoding"]).toMatch(/gzip|br/);
});
