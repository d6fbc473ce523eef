/** The main job: Jane uploads a document, and its preview appears by itself in two places of her page. */
import { brokenPdf, encryptedPdf, image, odf, pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, navigations, preview, test, upload } from "../support/demo.ts";
import { needsLibreOffice, withoutPrograms } from "../support/libre-office.ts";

test("Jane's PDF: a placeholder at once, then a decoded picture in both places, without navigation or reload", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  await jane.evaluate(() => Reflect.set(window, "marker", "the same page"));
  const before = navigations(jane);
  await upload(jane, "Report.pdf", pdf(["Revenue is up", "Second page"]));
  await expect(preview(jane, "listing")).toBeVisible();
  await expectPreviews(jane);
  await expect(
    preview(jane, "listing").getByRole("img", { name: /Page 1 of Report\.pdf.*Revenue is up/ }),
  ).toBeVisible();
  expect(navigations(jane)).toBe(before);
  expect(await jane.evaluate(() => Reflect.get(window, "marker"))).toBe("the same page");
});

test("an image gets its preview whatever its name says", async ({ logIn }) => {
  const jane = await logIn("jane");
  await upload(jane, "holiday.doc", await image("png"));
  await expectPreviews(jane);
});

test("an office file gets its preview", async ({ logIn }) => {
  await needsLibreOffice();
  const jane = await logIn("jane");
  await upload(jane, "Minutes.odt", odf("text", "Minutes of the meeting"));
  await expectPreviews(jane);
});

test("an office file says in words why there is no preview where LibreOffice is not installed", async ({ logIn }) => {
  const jane = await logIn("jane");
  await withoutPrograms(async () => {
    await upload(jane, "Minutes.odt", odf("text", "Minutes of the meeting"));
    await expect(preview(jane, "listing")).toContainText(/LibreOffice/);
  });
});

test("what cannot be converted says in words, in both places, why there is no preview", async ({ logIn }) => {
  const jane = await logIn("jane");
  for (const [what, file, words] of [
    ["a broken PDF", brokenPdf(), /damaged|broken|cannot be read/i],
    ["an encrypted PDF", encryptedPdf(["secret"], "password"), /password/i],
    ["an empty file", Buffer.alloc(0), /empty/i],
    ["a file of an unknown type", Buffer.from([0, 1, 254, 255, 0, 2]), /this file is none of these/],
  ] as const) {
    await test.step(what, async () => {
      await upload(jane, `${what}.pdf`, file);
      await expect(jane.locator("#uploads")).toContainText(`${what}.pdf is in the workspace.`);
      for (const place of ["listing", "stream"] as const) {
        await expect(preview(jane, place)).toContainText(words);
        await expect(preview(jane, place)).not.toHaveAttribute("aria-busy");
      }
    });
  }
});

test("the document's own page shows all its pages as soon as they are there", async ({ logIn }) => {
  const jane = await logIn("jane");
  await upload(jane, "Three.pdf", pdf(["One", "Two", "Three"]));
  await jane.getByRole("link", { name: "Three.pdf" }).first().click();
  await expect(jane.locator('[id$="-pages"] img[src*="@@preview/"]')).toHaveCount(3);
});

test("a file over the limit is refused in words, nothing is stored, and the next click does not reload the page", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const before = navigations(jane);
  await upload(jane, "huge.pdf", Buffer.alloc(1_000_001, "%"));
  await expect(jane.locator("#uploads")).toContainText("larger than 977 KB, the most that can be uploaded");
  await jane.getByRole("heading", { name: "Documents" }).click();
  await expect(jane.locator("body")).not.toHaveAttribute("data-error-message");
  await expect(jane.locator("#documents li")).toHaveCount(0);
  expect(navigations(jane)).toBe(before);
});
