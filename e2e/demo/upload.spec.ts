/** Uploading: several files at once, chosen or dropped, each with a row that says how far it is, and what went wrong. */
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Route } from "@playwright/test";
import { brokenPdf, image, pdf, rtf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, test, upload } from "../support/demo.ts";
import { needsLibreOffice } from "../support/libre-office.ts";

interface Dropped {
  readonly files?: readonly (readonly [name: string, bytes: number])[];
  readonly link?: string;
}

/** @param isLet whether the mouse lets it go, or only holds it over the page. */
async function drag(page: Page, { files = [], link }: Dropped, isLet: boolean): Promise<void> {
  await page.evaluate(
    ([contents, address, kind]) => {
      const dataTransfer = new DataTransfer();
      for (const [name, bytes] of contents) dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
      if (address !== undefined) dataTransfer.setData("text/uri-list", address);
      document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
    },
    [files, link, isLet ? "drop" : "dragover"] as const,
  );
}

test("what is dropped anywhere is sent, and who is refused says why, without holding up the others", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const rows = jane.locator("#uploads > li");
  const files = [
    ["one.bin", 10],
    ["two.bin", 20],
    ["huge.bin", 1_000_001],
    ["four.bin", 40],
    ["<b>five'.bin", 50],
  ] as const;
  await drag(jane, { files }, false);
  await expect(jane.locator("body")).toHaveClass(/is-dropping/);
  await drag(jane, { files }, true);
  await expect(jane.locator("body")).not.toHaveClass(/is-dropping/);
  await expect(rows).toHaveCount(5);
  await expect(rows.filter({ hasText: "is in the workspace" })).toHaveCount(4);
  await expect(rows.filter({ hasText: "huge.bin" })).toContainText("larger than 977 KB");
  await expect(rows.filter({ hasText: "<b>five'.bin" })).toContainText("is in the workspace");
  await expect(jane.locator("#upload-message")).toHaveText("1 of 5 files were not shared.");
  await expect(jane.locator("#documents .document")).toHaveCount(4);
  // Pushed, and initialised: each row goes on to its end.
  await expect(rows.filter({ hasText: "this file is none of these" })).toHaveCount(4);

  await jane.getByRole("button", { name: "Dismiss: huge.bin" }).click();
  await expect(rows).toHaveCount(4);
  expect(await jane.evaluate(() => document.activeElement !== document.body)).toBe(true);

  await drag(jane, { link: "https://example.org/" }, true);
  await expect(jane.locator("#upload-message")).toHaveText("That was a link. Only files can be shared here.");
});

test("each document that waits for its preview says its place, the cheap before the dear", async ({ logIn }) => {
  await needsLibreOffice();
  const jane = await logIn("jane");
  // They wait for a second or so: whatever is said meanwhile is noted.
  await jane.evaluate(() => {
    const said = new Set<string>();
    Reflect.set(window, "said", said);
    new MutationObserver(() => {
      for (const row of document.querySelectorAll("#uploads > li")) {
        said.add(`${row.querySelector("a")?.textContent} ${row.querySelector(".place")?.textContent}`);
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  const letters = ["1", "2", "3", "4", "5"].map((name) => ({
    name: `${name}.rtf`,
    mimeType: "application/rtf",
    buffer: rtf(name),
  }));
  const picture = { name: "6.png", mimeType: "image/png", buffer: await image("png", 40, 30) };
  await jane.setInputFiles("input[name=file]", [...letters, picture]);
  await jane.getByRole("button", { name: "Upload" }).click();
  const rows = jane.locator("#uploads > li");
  await expect(rows.filter({ hasText: "Its preview is ready." })).toHaveCount(6);
  const said = await jane.evaluate((): string[] => [...Reflect.get(window, "said")]);
  for (const words of ["5.rtf Before it: 2 of these.", "5.rtf It is next.", "6.png It is next."]) {
    expect(said).toContain(words);
  }
});

test("a file is sent slowly, is cancelled, waits offline, finds no server, and gets there in the end", async ({
  logIn,
  allow,
}) => {
  allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/);
  const jane = await logIn("jane");
  const network = await jane.context().newCDPSession(jane);
  const conditions = { offline: false, latency: 0, downloadThroughput: -1 };
  await network.send("Network.emulateNetworkConditions", { ...conditions, uploadThroughput: 200_000 });
  const row = jane.locator("#uploads > li").first();
  await upload(jane, "Slow.pdf", Buffer.concat([pdf(["Slow"]), Buffer.alloc(900_000, "%")]));
  const bar = row.getByRole("progressbar", { name: /Sending: .* of 8\d\d KB/ });
  await expect.poll(() => bar.evaluate((element: HTMLProgressElement) => element.position)).toBeGreaterThan(0);
  await jane.getByRole("button", { name: "Cancel: Slow.pdf" }).click();
  await expect(row).toContainText("Cancelled.");
  await network.send("Network.emulateNetworkConditions", { ...conditions, uploadThroughput: -1 });

  await jane.context().setOffline(true);
  await jane.getByRole("button", { name: "Try again: Slow.pdf" }).click();
  await expect(row).toContainText("You are offline. It will be sent when you are back.");
  await jane.route("**/@@upload", (route) => route.abort());
  await jane.context().setOffline(false);
  await expect(row).toContainText("The server could not be reached.");
  await jane.unroute("**/@@upload");
  await jane.getByRole("button", { name: "Try again: Slow.pdf" }).click();
  await expect(row).toContainText("Slow.pdf is in the workspace.");
  await expect(jane.locator("#upload-message")).toHaveText("Slow.pdf is in the workspace.");
  await expectPreviews(jane);
});

test("who is signed out meanwhile keeps the file, signs in in another tab, and tries again", async ({
  logIn,
  site,
  allow,
}) => {
  allow(/401/);
  const jane = await logIn("jane");
  await jane.context().clearCookies();
  const row = jane.locator("#uploads > li").first();
  await upload(jane, "Report.pdf", brokenPdf());
  await expect(row).toContainText("You have been signed out, so it was not sent.");
  const opened = jane.context().waitForEvent("page");
  await row.getByRole("link", { name: "Sign in in a new tab" }).click();
  const tab = await opened;
  await tab.getByLabel("Name").fill("jane");
  await tab.getByLabel("Password").fill("jane");
  await tab.getByRole("button", { name: "Sign in" }).click();
  await expect(tab).toHaveURL(`${site}/workspace`);
  await tab.close();
  await row.getByRole("button", { name: "Try again" }).click();
  await expect(row).toContainText("Report.pdf is in the workspace.");
});

test("more files at once than the server takes of one user wait for their turn", async ({ logIn }) => {
  const jane = await logIn("jane");
  const files = Array.from({ length: 24 }, (_, n) => ({
    name: `${n}.pdf`,
    mimeType: "application/pdf",
    buffer: Buffer.alloc(0), // needs no converter
  }));
  await jane.setInputFiles("input[name=file]", files);
  await jane.getByRole("button", { name: "Upload" }).click();
  await expect(jane.locator("#uploads > li")).toHaveCount(24);
  await expect(jane.getByRole("button", { name: "Cancel: 23.pdf" })).toBeVisible();
  await expect(jane.locator("#upload-message")).toHaveText("All 24 files are in the workspace.");
  await expect(jane.locator("#documents .document")).toHaveCount(24);
});

test("a folder is refused in words, and the files dropped with it are sent", async ({ logIn }) => {
  const jane = await logIn("jane");
  const place = await mkdtemp(join(tmpdir(), "dropped-"));
  try {
    const paths = ["Holiday", "one.bin", "two.bin"].map((name) => join(place, name));
    const [folder = "", ...files] = paths;
    await mkdir(folder);
    for (const file of [...files, join(folder, "inside.bin")]) await writeFile(file, "0123456789");
    const mouse = await jane.context().newCDPSession(jane);
    const drop = async (dropped: string[]) => {
      const data = { items: [], files: dropped, dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"] as const)
        await mouse.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
    };
    await drop(paths);
    const rows = jane.locator("#uploads > li");
    await expect(rows).toHaveCount(3);
    await expect(rows.filter({ hasText: "Holiday" })).toContainText(
      "This is a folder. Please drop the files that are in it.",
    );
    for (const name of ["one.bin", "two.bin"])
      await expect(rows.filter({ hasText: name })).toContainText("is in the workspace");
    await expect(jane.locator("#documents .document")).toHaveCount(2);
    await expect(jane.getByRole("button", { name: "Try again: Holiday" })).toHaveCount(0);
    await drop([folder]);
    await expect(jane.locator("#upload-message")).toHaveText(/^Folders are not shared/);
  } finally {
    await rm(place, { recursive: true });
  }
});

test("a file that is deleted before it is sent says so, and the others are sent", async ({ logIn, allow }) => {
  allow(/ERR_FILE_NOT_FOUND|ERR_UPLOAD_FILE_CHANGED/);
  const jane = await logIn("jane");
  const place = await mkdtemp(join(tmpdir(), "chosen-"));
  try {
    const paths = ["one.bin", "gone.bin", "three.bin"].map((name) => join(place, name));
    for (const path of paths) await writeFile(path, "0123456789");
    await jane.setInputFiles("input[name=file]", paths);
    await rm(join(place, "gone.bin"));
    await jane.getByRole("button", { name: "Upload" }).click();
    const rows = jane.locator("#uploads > li");
    await expect(rows.filter({ hasText: "gone.bin" })).toContainText(
      "This file has been moved, changed or deleted since it was chosen.",
    );
    await expect(rows.filter({ hasText: "is in the workspace" })).toHaveCount(2);
    await expect(jane.locator("#upload-message")).toHaveText("1 of 3 files were not shared.");
    await expect(jane.getByRole("button", { name: "Try again: gone.bin" })).toHaveCount(0);

    await writeFile(join(place, "gone.bin"), "9876543210");
    const chooser = jane.waitForEvent("filechooser");
    await jane.getByRole("button", { name: "Choose again: gone.bin" }).click();
    await (await chooser).setFiles(join(place, "gone.bin"));
    await expect(rows.filter({ hasText: "gone.bin" })).toContainText("is in the workspace");
    await expect(rows).toHaveCount(3);
  } finally {
    await rm(place, { recursive: true });
  }
});

test("a file that is deleted in the middle of being sent gets there; one that is cut short says so, and is chosen again", async ({
  logIn,
  allow,
}) => {
  allow(/ERR_/);
  const jane = await logIn("jane");
  const place = await mkdtemp(join(tmpdir(), "sent-"));
  try {
    const [deleted, cut] = [join(place, "Deleted.pdf"), join(place, "Cut.pdf")];
    const content = Buffer.concat([pdf(["Slow"]), Buffer.alloc(950_000, "%")]);
    for (const path of [deleted, cut]) await writeFile(path, content);
    const network = await jane.context().newCDPSession(jane);
    const conditions = { offline: false, latency: 0, downloadThroughput: -1 };
    await network.send("Network.emulateNetworkConditions", { ...conditions, uploadThroughput: 200_000 });
    await jane.setInputFiles("input[name=file]", [deleted, cut]);
    await jane.getByRole("button", { name: "Upload" }).click();
    const rows = jane.locator("#uploads > li");
    for (const name of ["Deleted.pdf", "Cut.pdf"]) {
      const bar = rows.filter({ hasText: name }).getByRole("progressbar");
      await expect.poll(() => bar.evaluate((element: HTMLProgressElement) => element.position)).toBeGreaterThan(0);
    }
    await rm(deleted);
    await truncate(cut, 100);
    await expect(rows.filter({ hasText: "Deleted.pdf" })).toContainText("is in the workspace");
    await expect(rows.filter({ hasText: "Cut.pdf" })).toContainText(
      "This file has been moved, changed or deleted since it was chosen.",
    );
    await expect(jane.locator("#upload-message")).toHaveText("1 of 2 files were not shared.");

    await network.send("Network.emulateNetworkConditions", { ...conditions, uploadThroughput: -1 });
    await writeFile(cut, content);
    const chooser = jane.waitForEvent("filechooser");
    await jane.getByRole("button", { name: "Choose again: Cut.pdf" }).click();
    await (await chooser).setFiles(cut);
    await expect(rows.filter({ hasText: "Cut.pdf" })).toContainText("is in the workspace");
    await expectPreviews(jane);
  } finally {
    await rm(place, { recursive: true });
  }
});

test("of a hundred files each row stays where it is, and the mouse stops the one it is pressed on", async ({
  logIn,
}) => {
  test.slow();
  const jane = await logIn("jane");
  const held: Route[] = [];
  let isHolding = true;
  await jane.route("**/@@upload", (route) => (isHolding ? void held.push(route) : route.continue()));
  // Empty ones need no converter.
  const files = Array.from({ length: 100 }, (_, n) => [`${n}.pdf`, 0] as const);
  await drag(jane, { files }, true);
  const rows = jane.locator("#uploads > li");
  const tops = () =>
    rows.evaluateAll((elements) => {
      const [first = 0, ...others] = elements.map((element) => element.getBoundingClientRect().top);
      return others.map((top) => top - first);
    });
  await expect(rows).toHaveCount(100);
  await expect.poll(() => held.length).toBe(2);
  const before = await tops();

  const cancel = jane.getByRole("button", { name: "Cancel: 5.pdf" });
  await cancel.hover();
  await jane.mouse.down();
  await held.shift()?.continue();
  await expect(rows.nth(0)).toContainText("is in the workspace");
  await expect.poll(() => held.length).toBe(2);
  await jane.mouse.up();
  await expect(rows.nth(5)).toContainText("Cancelled.");
  await expect(jane.locator("#upload-message")).toHaveText("Sharing 100 files. 2 done.");

  isHolding = false;
  for (const route of held) await route.continue();
  for (const n of [97, 98, 99]) {
    await jane.getByRole("button", { name: `Cancel: ${n}.pdf` }).click();
    await expect(rows.nth(n)).toContainText("Cancelled.");
  }
  await expect(jane.locator("#upload-message")).toHaveText("4 of 100 files were not shared.", { timeout: 90_000 });
  await expect(jane.locator("#uploads [aria-busy=true]")).toHaveCount(0, { timeout: 90_000 });
  expect(await tops()).toEqual(before);
});

test("what is dismissed while offline is not sent when the network is back", async ({ logIn, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  const jane = await logIn("jane");
  await jane.context().setOffline(true);
  await drag(
    jane,
    {
      files: [
        ["kept.bin", 10],
        ["dismissed.bin", 10],
      ],
    },
    true,
  );
  const rows = jane.locator("#uploads > li");
  await expect(rows.filter({ hasText: "You are offline" })).toHaveCount(2);
  await jane.getByRole("button", { name: "Dismiss: dismissed.bin" }).click();
  await jane.context().setOffline(false);
  await expect(rows.filter({ hasText: "is in the workspace" })).toHaveCount(1);
  await expect(jane.locator("#upload-message")).toHaveText("kept.bin is in the workspace.");
  await expect(jane.locator("#documents .document")).toHaveCount(1);
});
