/** The documents: renamed, deleted, searched and sorted; and all open pages follow. */
import { copyFile } from "node:fs/promises";
import { brokenPdf, pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, test, upload } from "../support/demo.ts";

test("are renamed, replaced and deleted, by the keyboard and in the page, and Joe's open pages follow", async ({
  logIn,
  allow,
}) => {
  // The document is deleted while the previews of its new file are told: what is fetched of it then is gone.
  allow(/404 .*@@(preview|pages)-snippet/);
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "Draft.pdf", pdf(["Revenue"]));
  await expectPreviews(joe);
  await upload(jane, "Other.pdf", brokenPdf());
  await expect(joe.locator("#documents .document")).toHaveCount(2);
  const joesTab = await joe.context().newPage();
  await joesTab.goto(joe.url());
  await joesTab.getByRole("link", { name: "Draft.pdf" }).first().click();
  await expect(joesTab.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  await expect(joe.getByRole("button", { name: /Rename or delete/ })).toHaveCount(0);

  await jane.getByRole("button", { name: "Rename or delete Draft.pdf" }).focus();
  await jane.keyboard.press("Enter");
  await jane.getByRole("textbox", { name: "Title", exact: true }).fill("Final <b>.pdf");
  await jane.keyboard.press("Enter");
  for (const page of [jane, joe]) {
    await expect(page.locator("#documents")).toContainText("Final <b>.pdf");
    await expect(page.locator("#activity-stream")).toContainText("Final <b>.pdf");
  }
  await expect(joesTab.getByRole("heading", { level: 1 })).toHaveText("Final <b>.pdf");
  await expect(jane.locator("#documents :focus")).toBeVisible();

  const janesTab = await jane.context().newPage();
  await janesTab.goto(joesTab.url());
  await janesTab.getByRole("button", { name: "Replace file…" }).click();
  const file = { name: "Final 2.pdf", mimeType: "application/pdf", buffer: pdf(["Costs"]) };
  await janesTab.getByLabel("Another file in the place of this one").setInputFiles(file);
  await janesTab.getByRole("button", { name: "Replace", exact: true }).click();
  for (const page of [janesTab, joesTab])
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Final 2.pdf");
  await janesTab.close();

  await jane.getByRole("button", { name: "Rename or delete Final 2.pdf" }).click();
  await jane.getByRole("button", { name: "Delete…" }).click();
  await expect(jane.getByRole("button", { name: "Keep it" })).toBeFocused();
  await jane.keyboard.press("Tab");
  await jane.keyboard.press("Enter");
  for (const page of [jane, joe]) {
    await expect(page.locator("#documents .document")).toHaveCount(1);
    await expect(page.locator("#activity-stream")).not.toContainText("Final");
  }
  await expect(jane.locator(":focus")).not.toHaveCount(0);
  await expect(joesTab.locator("main")).toContainText("This document has been deleted.");
  await expect(joe.locator("#notifications-count")).toHaveText("1");
});

test("are searched as one types, sorted, and follow what others do meanwhile; the rest comes by scrolling", async ({
  logIn,
  content,
}) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "Budget.pdf", pdf(["Revenue is up"]));
  await expectPreviews(joe);
  const titles = joe.locator("#documents h3");
  await joe.getByLabel("Search in titles").fill("revenue");
  await expect(joe.locator(".found")).toContainText("1 document with “revenue”");
  await expect(joe.getByLabel("Search in titles")).toBeFocused();
  await expect(joe).toHaveURL(/q=revenue/);
  await upload(jane, "Holiday.pdf", pdf(["Sun"]));
  await upload(jane, "Revenue.pdf", pdf(["Of last year"]));
  await expect(titles).toHaveText(["Revenue.pdf", "Budget.pdf"]);
  await joe.getByLabel("Search in titles").fill("<script>'");
  await expect(joe.locator(".found")).toContainText("No document with “<script>'”");
  // The answer to the first is held back until the second has been wanted: pat-inject alone would lose it.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await joe.route("**/workspace?*", (route) => held.then(() => route.continue()), { times: 1 });
  const asked = joe.waitForRequest(/workspace\?/);
  await joe.getByLabel("Search in titles").fill("");
  await asked;
  const submitted = joe.evaluate(
    () => new Promise((resolve) => window.addEventListener("submit", () => resolve(true))),
  );
  await joe.getByLabel("Order").selectOption("By title");
  await submitted;
  answer();
  await expect(titles).toHaveText(["Budget.pdf", "Holiday.pdf", "Revenue.pdf"]);

  const [document] = await content.list();
  if (!document) throw new Error("expected a document, found none");
  const { root, name } = content.original(document);
  for (let n = 0; n < 65; n += 1) {
    const draft = `${content.scratch}/copy-${n}`;
    await copyFile(`${root}/${name}`, draft);
    await content.add(draft, { title: `Old ${n}.pdf`, size: n, owner: "joe", created: n, isPrivate: false });
  }
  await joe.reload();
  await expect(titles).toHaveCount(60);
  await joe.getByRole("link", { name: "More documents" }).scrollIntoViewIfNeeded();
  await expect(titles).toHaveCount(68);
});

test("a search for ten thousand characters is answered, says what was searched for, and fits the page", async ({
  logIn,
  site,
}) => {
  const jane = await logIn("jane");
  await jane.setViewportSize({ width: 320, height: 640 });
  const answer = await jane.goto(`${site}/workspace?q=${"x".repeat(10_000)}`);
  expect(answer?.status()).toBe(200);
  await expect(jane.locator(".found")).toContainText(/No document with “x{50,}”/);
  expect(await jane.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await jane.getByRole("link", { name: "Show all" }).click();
  await expect(jane.locator(".found")).toHaveCount(0);
});
