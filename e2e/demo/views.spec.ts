/** The demo as people have it set: enlarged, in the system's own colours, without motion, scrolled, read aloud. */
import type { Page } from "@playwright/test";
import { brokenPdf, endsInEndless, pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, MOTION, preview, test, upload } from "../support/demo.ts";
import { storeDocuments } from "../support/stored.ts";

/** What stands beyond the right edge of the window, by tag and class. */
function beyondTheEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return wide.map(({ tagName, className }) => `${tagName}.${className}`);
  });
}

test("nothing stands beyond the edge of a window of 1280 pixels at 200 and at 400 percent", async ({ logIn, site }) => {
  const jane = await logIn("jane");
  await upload(jane, `${"Quarterly_report_with_a_long_name_".repeat(4)}.pdf`, pdf(["Revenue is up", "Second"]));
  await expectPreviews(jane);
  const address = await jane.locator("#documents a[href^='/workspace/']").first().getAttribute("href");
  for (const path of ["/workspace", address ?? "", "/@@how-it-works", "/@@async-status"]) {
    await jane.goto(`${site}${path}`);
    await jane.getByRole("button", { name: /Notifications/ }).click();
    for (const [width, height] of [
      [640, 360],
      [320, 180],
    ] as const) {
      await jane.setViewportSize({ width, height });
      expect(await beyondTheEdge(jane), `${path} at ${width}`).toEqual([]);
    }
  }
});

test("in forced colours the state has its dot, and what has a frame keeps it", async ({ logIn }) => {
  const jane = await logIn("jane");
  await upload(jane, "Broken.pdf", brokenPdf());
  await expect(preview(jane, "listing")).toContainText("damaged");
  await jane.emulateMedia({ forcedColors: "active" });
  const dot = await jane.locator(".connection").evaluate((element) => {
    const { backgroundColor, borderTopWidth, borderTopColor, width } = getComputedStyle(element, "::before");
    return {
      backgroundColor,
      borderTopWidth,
      borderTopColor,
      width,
      page: getComputedStyle(document.body).backgroundColor,
    };
  });
  expect(Number.parseFloat(dot.width)).toBeGreaterThan(4);
  const colours = [dot.backgroundColor, ...(dot.borderTopWidth === "0px" ? [] : [dot.borderTopColor])];
  expect(colours.some((colour) => colour !== dot.page && colour !== "rgba(0, 0, 0, 0)")).toBe(true);
  for (const framed of [".upload", "#documents .document", ".button"]) {
    const frame = await jane
      .locator(framed)
      .first()
      .evaluate((element) => {
        const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(element);
        const isDrawn = borderTopStyle !== "none" && borderTopWidth !== "0px";
        return isDrawn && borderTopColor !== getComputedStyle(document.body).backgroundColor;
      });
    expect(frame, framed).toBe(true);
  }
});

test.describe("with motion", () => {
  test.use({ ...MOTION, conversionTimeoutMs: 8_000 });

  test("nothing moves for who wants no motion, while a preview is awaited", async ({ logIn }) => {
    const jane = await logIn("jane");
    await upload(jane, "Endless.pdf", endsInEndless("Good page"));
    await expect(preview(jane, "stream").getByRole("progressbar")).toBeVisible();
    const moving = () =>
      jane.evaluate(() =>
        document
          .getAnimations()
          .map((animation) => Number(animation.effect?.getComputedTiming().activeDuration))
          .filter((ms) => ms > 10),
      );
    expect((await moving()).length).toBeGreaterThan(0);
    await jane.emulateMedia({ reducedMotion: "reduce" });
    expect(await moving()).toEqual([]);
  });
});

test("what Joe reads stays where it is when a row arrives above it", async ({ logIn, content }) => {
  await storeDocuments(content, 50);
  const joe = await logIn("joe");
  const row = joe.locator("#documents .document").nth(30);
  await row.scrollIntoViewIfNeeded();
  const uid = await row.getAttribute("id");
  const top = () => joe.locator(`[id="${uid}"]`).evaluate((element) => element.getBoundingClientRect().top);
  const before = await top();
  expect(await joe.evaluate(() => scrollY)).toBeGreaterThan(0);
  await upload(await logIn("jane"), "Report.pdf", pdf(["Report"]));
  await expect(joe.locator("#documents .document").first()).toContainText("Report.pdf");
  await expectPreviews(joe);
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(2);
});

test("the header covers what is scrolled under it, but not what gets the focus", async ({ logIn, content }) => {
  await storeDocuments(content, 12, "jane");
  const jane = await logIn("jane");
  const menu = jane.getByRole("button", { name: "Rename or delete Stored 0.pdf" });
  const isUncovered = () =>
    menu.evaluate((button) => {
      const { x, y, width, height } = button.getBoundingClientRect();
      return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
  await menu.evaluate((button) => scrollTo(0, button.getBoundingClientRect().top + scrollY - 10));
  expect(await isUncovered()).toBe(false);
  await menu.focus();
  expect(await isUncovered()).toBe(true);
});

test("the form for another file is inside of its dialog, on a telephone too", async ({ logIn }) => {
  const jane = await logIn("jane");
  await upload(jane, "Broken.pdf", brokenPdf());
  await jane.getByRole("link", { name: "Broken.pdf" }).first().click();
  await jane.getByRole("button", { name: "Replace file…" }).click();
  const dialog = jane.getByRole("dialog", { name: "Replace Broken.pdf" });
  for (const width of [1280, 320]) {
    await jane.setViewportSize({ width, height: 640 });
    const around = await dialog.boundingBox();
    const field = await dialog.getByLabel("Another file").boundingBox();
    expect(field?.x).toBeGreaterThan(around?.x ?? Number.POSITIVE_INFINITY);
  }
});

test("what is read aloud comes from few places, each with its own news", async ({ logIn }) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(joe, "Report.pdf", brokenPdf());
  await expect(jane.locator("#notifications-count")).toHaveText("1");
  const regions = () =>
    jane.evaluate(() =>
      [...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log], output")].map((region) => {
        const inside = region.closest("main, header, body")?.tagName.toLowerCase();
        const { id, className } = region;
        return `${inside}: ${region.getAttribute("role") ?? region.getAttribute("aria-live")} ${id ? `#${id}` : className}`;
      }),
    );
  // demo/README.md, "What is read aloud".
  expect(await regions()).toEqual([
    "header: status #notification-settings-saved",
    "main: status session pat-commons-session",
    "main: status #upload-message",
    "body: status pat-inject-async-announcer",
  ]);
});
