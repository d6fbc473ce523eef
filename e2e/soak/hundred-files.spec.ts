/** A hundred files chosen at once: each gets its row and its end, and the page is there for its user meanwhile. */
import { expect, test, upload } from "../support/demo.ts";

const FILES = 100;

test("a hundred files at once all get there, and one that is cancelled does not", async ({ logIn }) => {
  test.slow();
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  const files = Array.from({ length: FILES }, (_, n) => ({
    name: `${n}.pdf`,
    mimeType: "application/pdf",
    buffer: Buffer.alloc(0), // needs no converter
  }));
  await jane.setInputFiles("input[name=file]", files);
  await jane.getByRole("button", { name: "Upload" }).click();
  const rows = jane.locator("#uploads > li");
  await expect(rows).toHaveCount(FILES);
  await jane.getByRole("button", { name: `Cancel: ${FILES - 1}.pdf` }).press("Enter");
  await expect(rows.filter({ hasText: `${FILES - 1}.pdf` })).toContainText("Cancelled.");
  // Somebody else does not wait for them.
  await upload(joe, "Joe's.pdf", Buffer.alloc(0));
  await expect(joe.locator("#uploads")).toContainText("Joe's.pdf is in the workspace.");
  await expect(rows.filter({ hasText: "is in the workspace" })).toHaveCount(FILES - 1, { timeout: 120_000 });
  await expect(jane.locator("#upload-message")).toHaveText(`1 of ${FILES} files were not shared.`);
});
