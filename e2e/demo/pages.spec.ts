/** A document's own page, and the page that shows how it works. */
import { pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, test, upload } from "../support/demo.ts";

test("a document's page is read with keys and thumbnails, larger, and in words; its page is in the address", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  await upload(jane, "Book.pdf", pdf(["The beginning", "The middle", "The end"]));
  await expectPreviews(jane);
  await jane.getByRole("link", { name: "Book.pdf" }).first().click();
  const sheet = jane.locator("#sheet");
  const pages = jane.getByRole("navigation", { name: "Pages" });
  await expect(pages.getByRole("link")).toHaveCount(3);
  await expect(sheet.locator('img[src*="1-large"]')).toBeVisible();
  await expect(pages.getByRole("link", { name: "Page 1" })).toHaveAttribute("aria-current", "page");
  await jane.keyboard.press("ArrowRight");
  await expect(sheet.getByRole("img", { name: "Page 2 of Book.pdf: The middle" })).toBeVisible();
  await expect(jane).toHaveURL(/\?page=2$/);
  await expect(pages.getByRole("link", { name: "Page 2" })).toHaveAttribute("aria-current", "page");
  await sheet.getByRole("link", { name: "Next: page 3" }).focus();
  await jane.keyboard.press("Enter");
  await expect(sheet.getByRole("img", { name: "Page 3 of Book.pdf: The end" })).toBeVisible();
  await expect(sheet.locator(":focus")).toHaveCount(1);
  await sheet.getByText("Text of page 3").click();
  await expect(sheet.getByText("The end", { exact: true })).toBeVisible();
  const width = () => sheet.getByRole("img").evaluate((image) => image.getBoundingClientRect().width);
  const before = await width();
  await jane.getByRole("button", { name: "Larger" }).click();
  expect(await width()).toBeGreaterThan(before * 1.3);
  await pages.getByRole("link", { name: "Page 1" }).click();
  await expect(sheet.getByRole("img", { name: /Page 1 of Book/ })).toBeVisible();
  await jane.goto(jane.url().replace(/page=\d/, "page=3"));
  await expect(sheet.getByRole("img", { name: /Page 3 of Book/ })).toBeVisible();
});

test("the page that shows how it works draws the way of an upload, from the form to the page", async ({
  logIn,
  site,
}) => {
  const jane = await logIn("jane");
  await jane.goto(site);
  await jane.getByRole("link", { name: "How it works" }).click();
  await expect(jane.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  await upload(jane, "Trail.pdf", pdf(["Trail"]));
  const trail = jane.locator("ol.trail");
  await expect(trail).toContainText("The conversion has ended");
  await expect(trail).toContainText("It is in the page: #documents-newest");
  const files = [
    "demo/plone/browser/upload/send.ts",
    "demo/plone/web/session.ts",
    "demo/plone/workspace/upload.ts",
    "demo/plone/workspace/publisher.ts",
    "demo/plone/workspace/preview-task.ts",
    "demo/plone/workspace/generation.ts",
    "src/connection",
    "src/delivery",
    "src/injection",
  ];
  for (const file of files) await expect(trail.getByText(file).first()).toBeVisible();
  const times = await trail.locator(".trail-time").allTextContents();
  const numbers = times.map((time) => Number.parseInt(time, 10));
  expect(numbers[0]).toBe(0);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});
