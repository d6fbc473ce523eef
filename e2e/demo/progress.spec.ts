/** A conversion as it is seen: page by page, with progress, and with true words and a button where it ends early. */
import { brokenPdf, endsInEndless, pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, preview, test, upload } from "../support/demo.ts";

/** Of a picture that is not replaced. */
const MARK = "markOfTheTest";

test.describe("a document whose second page never ends", () => {
  test.use({ conversionTimeoutMs: 6_000 });

  test("has its first page at once, in both places, and keeps it when time is up, with words and a button", async ({
    logIn,
  }) => {
    const jane = await logIn("jane");
    const joe = await logIn("joe");
    await upload(jane, "Endless.pdf", endsInEndless("Good page"));
    for (const place of ["listing", "stream"] as const) {
      const shown = preview(jane, place);
      await expect(shown.locator('img[src*="@@preview/1-"]')).toBeVisible();
      await expect(shown.getByRole("progressbar", { name: "Converting page 2 of 2" })).toBeVisible();
      await expect(shown).toHaveAttribute("aria-busy", "true");
      await shown.locator("img").evaluate((image, mark) => Reflect.set(image, mark, true), MARK);
    }
    await expect(jane.locator("#uploads")).toContainText("Its first page is there, the others follow.");

    for (const place of ["listing", "stream"] as const) {
      const shown = preview(jane, place);
      await expect(shown).toContainText("This took longer than the 6 seconds a document is given");
      const isSame = await shown.locator("img").evaluate((image, mark) => Reflect.get(image, mark), MARK);
      expect(isSame, "the same picture").toBe(true);
      await expect(shown).not.toHaveAttribute("aria-busy");
      await expect(shown.getByRole("progressbar")).toHaveCount(0);
    }
    await expect(jane.locator("#uploads")).toContainText("A part of its preview is there.");
    await expect(preview(joe, "listing")).toContainText("This took longer");
    await expect(joe.getByRole("button", { name: "Try again" })).toHaveCount(0);

    await preview(jane, "listing").getByRole("button", { name: "Try again" }).click();
    for (const page of [jane, joe]) {
      await expect(preview(page, "stream").getByRole("progressbar", { name: /Converting/ })).toBeVisible();
      await expect(preview(page, "stream").locator('img[src*="@@preview/1-"]')).toBeVisible();
    }
    await expect(preview(jane, "listing").getByRole("button", { name: "Try again" })).toBeVisible();
  });

  test("shows on its own page how far it is", async ({ logIn }) => {
    const jane = await logIn("jane");
    await upload(jane, "Endless.pdf", endsInEndless("Good page"));
    await jane.getByRole("link", { name: "Endless.pdf" }).first().click();
    const pages = jane.locator('[id$="-pages"]');
    await expect(jane.locator('#sheet img[src*="@@preview/1-large"]')).toBeVisible();
    await expect(pages.locator('img[src*="@@preview/1-small"]')).toBeVisible();
    await expect(pages.getByRole("progressbar", { name: "Converting page 2 of 2" })).toBeVisible();
    await expect(pages).toContainText("This took longer");
    await pages.getByRole("button", { name: "Try again" }).click();
    await expect(pages.getByRole("progressbar", { name: /Converting/ })).toBeVisible();
    await expect(jane).toHaveURL(/workspace\/[0-9a-f]{16}$/);
  });
});

test("the upload's status line says how it ends", async ({ logIn }) => {
  const jane = await logIn("jane");
  const status = jane.locator("#uploads");
  await upload(jane, "Report.pdf", pdf(["One", "Two"]));
  await expect(status).toContainText("Report.pdf is in the workspace. Its preview is ready.");
  await expectPreviews(jane);
  await upload(jane, "Broken.pdf", brokenPdf());
  await expect(status).toContainText("Broken.pdf is in the workspace. This PDF cannot be opened");
});

test("pages that follow each other fast are told together, at most twice a second", async ({ logIn }) => {
  const jane = await logIn("jane");
  const started = performance.now();
  const asked: string[] = [];
  jane.on("request", (request) => {
    if (/preview-snippet|@@snippets/.test(request.url())) asked.push(request.url());
  });
  await upload(jane, "Book.pdf", pdf(Array.from({ length: 30 }, (_, page) => `Page ${page + 1}`)));
  await expect(preview(jane, "listing")).toContainText("30 pages");
  // Besides those: while it waits, the first page, and the end, which the owner is also told apart.
  const steps = (performance.now() - started) / 500 + 5;
  expect(asked.length).toBeLessThanOrEqual(steps);
  await jane.getByRole("link", { name: "Book.pdf" }).first().click();
  await expect(jane.locator('[id$="-pages"] img')).toHaveCount(20);
  await expect(jane.locator('[id$="-pages"]')).toContainText("The first 20 of 30 pages.");
});

test("without JavaScript an upload is told as truly", async ({ logIn, site, browser }) => {
  const jane = await logIn("jane");
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await jane.context().storageState(),
  });
  const page = await context.newPage();
  await page.goto(`${site}/workspace`);
  await page.setInputFiles("input[name=file]", {
    name: "Plain.pdf",
    mimeType: "application/pdf",
    buffer: pdf(["Plain"]),
  });
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.locator("#uploads")).toContainText("Plain.pdf is in the workspace.");
  await context.close();
});
