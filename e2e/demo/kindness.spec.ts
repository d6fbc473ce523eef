/** Kind to everyone: axe in every state, the keyboard alone, 320 pixels. */
import type { Page } from "@playwright/test";
import { brokenPdf, endsInEndless, pdf } from "../../demo/docconv/samples.ts";
import { violations } from "../support/axe.ts";
import { expect, expectPreviews, MOTION, preview, test, upload } from "../support/demo.ts";

/** In both colour schemes, and on a telephone, where nothing may stand beyond its edge. */
async function expectKind(page: Page, state: string): Promise<void> {
  await test.step(state, async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const which = colorScheme === "light" ? "all" : "colours";
      expect(await violations(page, which), `${state}, ${colorScheme}`).toEqual([]);
    }
    const before = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${state}: width`).toBeLessThanOrEqual(320);
    if (before) await page.setViewportSize(before);
  });
}

test.describe("every state", () => {
  test.use({ ...MOTION, conversionTimeoutMs: 8_000 });

  test("is without violations of WCAG 2.2 AA and best practice, and fits 320 pixels", async ({
    logIn,
    otherUser,
    site,
    allow,
  }) => {
    test.slow();
    allow(/401|404|ERR_INTERNET_DISCONNECTED|WebSocket/);
    const stranger = await otherUser();
    await stranger.goto(`${site}/login`);
    await expectKind(stranger, "login");
    await stranger.getByLabel("Name").fill("jane");
    await stranger.getByLabel("Password").fill("wrong");
    await stranger.getByRole("button", { name: "Sign in" }).click();
    await expectKind(stranger, "a wrong password");

    const jane = await logIn("jane");
    await expectKind(jane, "an empty workspace");
    await upload(jane, "Report.pdf", pdf(["Revenue is up", ..."2345678"]));
    await expectPreviews(jane);
    await upload(jane, "Broken.pdf", brokenPdf());
    await expect(preview(jane, "listing")).toContainText("damaged");
    await upload(jane, "Endless.pdf", endsInEndless("Good page"));
    await expect(preview(jane, "stream").getByRole("progressbar")).toBeVisible();
    await jane.setInputFiles("input[name=file]", { name: "huge", mimeType: "", buffer: Buffer.alloc(1_000_001) });
    await jane.getByRole("button", { name: "Upload" }).click();
    await expect(jane.locator("#uploads")).toContainText("larger than");
    await expectKind(jane, "a workspace with a conversion, a failure and a refusal");
    await expect(preview(jane, "listing").getByRole("button", { name: "Try again" })).toBeVisible();
    await expectKind(jane, "a conversion that was stopped");
    await jane.getByRole("button", { name: "Rename or delete Report.pdf" }).click();
    await expectKind(jane, "a document's menu");
    await jane.getByRole("button", { name: "Delete…" }).click();
    await expectKind(jane, "the question before deleting");
    await jane.getByRole("button", { name: "Keep it" }).click();
    await jane.keyboard.press("Escape");
    await jane.getByLabel("Search in titles").fill("nothing has this");
    await expect(jane.locator(".found")).toContainText("No document");
    await expectKind(jane, "a search that finds nothing");
    const joe = await logIn("joe");
    await joe.getByRole("button", { name: /Notifications/ }).click();
    await expectKind(joe, "notifications");
    await joe.keyboard.press("Escape");
    await joe.getByRole("link", { name: "Report.pdf" }).first().click();
    await expectKind(joe, "a document");
    await joe.getByRole("link", { name: "How it works" }).click();
    await expectKind(joe, "how it works, without an upload");
    await jane.getByRole("link", { name: "How it works" }).click();
    await expectKind(jane, "how it works");
    await joe.getByRole("link", { name: "Status" }).click();
    await expect(joe.locator("#round-trip")).toContainText("Pushing works");
    await expectKind(joe, "status");
    await joe.goto(`${site}/nowhere`);
    await expectKind(joe, "an address that leads nowhere");
    await joe.context().setOffline(true);
    await expect(joe.getByText("The connection is lost")).toBeVisible();
    await expectKind(joe, "offline");
    await joe.context().setOffline(false);
    await expect(joe.locator(".connection")).toHaveText("Connection: Live");
    await joe.request.post(`${site}/logout`);
    await expect(joe.getByText("You have been signed out")).toBeVisible();
    await expectKind(joe, "signed out");
  });
});

test("from the login to the download with the keyboard alone", async ({ otherUser, site }) => {
  const jane = await otherUser();
  // From the beginning: the browser is told that the test answers the dialog, and has to know it before the key is pressed.
  const chooser = jane.waitForEvent("filechooser");
  await jane.goto(site);
  await expect(jane.getByLabel("Name")).toBeFocused();
  await jane.keyboard.type("jane");
  await jane.keyboard.press("Tab");
  await jane.keyboard.type("jane");
  await jane.keyboard.press("Enter");
  await expect(jane.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  const tabTo = async (name: RegExp) => {
    for (let n = 0; n < 40; n += 1) {
      await jane.keyboard.press("Tab");
      const words = await jane.locator(":focus").evaluate((element) => {
        const { ariaLabel, textContent } = element;
        return `${ariaLabel ?? ""} ${textContent ?? ""} ${element.getAttribute("name") ?? ""}`;
      });
      if (name.test(words)) return;
    }
    throw new Error(`expected the keyboard to get to ${name}`);
  };
  await tabTo(/ file$/);
  await jane.keyboard.press("Space");
  await (await chooser).setFiles({ name: "Report.pdf", mimeType: "application/pdf", buffer: pdf(["Revenue"]) });
  await tabTo(/Upload/);
  await jane.keyboard.press("Enter");
  await expect(jane.locator("#uploads")).toContainText("Report.pdf is in the workspace.");
  await tabTo(/Report\.pdf/);
  await jane.keyboard.press("Enter");
  await expect(jane.getByRole("heading", { level: 1 })).toHaveText("Report.pdf");
  await tabTo(/Download/);
  const [download] = await Promise.all([jane.waitForEvent("download"), jane.keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toBe("Report.pdf");
  // Before its server goes.
  await jane.close();
});
