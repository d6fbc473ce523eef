/** Who sees what: everyone who may, at once, and nobody else. */
import { image, pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, preview, test, upload } from "../support/demo.ts";

test("Jane's upload appears in Joe's open page and rings his bell, without his touching anything", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "Budget.pdf", pdf(["Budget"]));
  await expectPreviews(joe);
  await expect(joe.locator("#activity-stream")).toContainText("Jane Doe shared Budget.pdf");
  await expect(joe.locator("#notifications-count")).toHaveText(/1/);
  await expect(joe.locator("#notifications")).toContainText("Jane Doe shared Budget.pdf");
  await expectPreviews(jane);
  await expect(jane.locator("#notifications"), "nobody is told of what they did themselves").not.toContainText(
    "Budget",
  );
});

test("the keyboard keeps its place in Joe's lists while Jane uploads", async ({ logIn }) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "First.pdf", pdf(["First"]));
  await expectPreviews(joe);
  for (const list of ["#documents", "#activity-stream"]) {
    const link = joe.locator(list).getByRole("link", { name: "First" }).first();
    await link.focus();
    await upload(jane, `Next to ${list.slice(1)}.pdf`, pdf(["Next"]));
    await expect(joe.locator(list)).toContainText(`Next to ${list.slice(1)}`);
    await expectPreviews(joe);
    await expect(link).toBeFocused();
  }
});

test("a private document does neither, and Joe may not fetch its snippet", async ({ logIn, site }) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "Diary.pdf", pdf(["Dear diary"]), true);
  await expectPreviews(jane);
  const uid = await preview(jane, "listing").evaluate((element) => element.id.split("-")[1]);
  // A document of Jane's that Joe may see comes after it: by then, whatever the private one did would have been seen.
  await upload(jane, "Public.pdf", pdf(["Public"]));
  await expectPreviews(joe);
  await expect(joe.locator("body")).not.toContainText("Diary");
  await expect(joe.locator("#notifications-count")).toHaveText(/1/);
  const answer = await joe.request.get(`${site}/workspace/${uid}/@@preview-snippet`);
  expect(answer.status()).toBe(403);
  expect(await answer.text()).not.toContain("Dear diary");
});

test("several uploads in quick succession all get their previews, in Jane's page and in Joe's", async ({ logIn }) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  for (const name of ["one.png", "two.png", "three.png"]) {
    await upload(jane, name, await image("png"));
    await expect(jane.locator("#uploads")).toContainText(`${name} is in the workspace`);
  }
  for (const page of [jane, joe]) {
    await expect(page.locator('#documents img[src*="@@preview/"]')).toHaveCount(3);
    await expect(page.locator('#activity-stream img[src*="@@preview/"]')).toHaveCount(3);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  }
});

test("a page that was rendered before the upload, and connected after it, catches up", async ({ logIn, allow }) => {
  allow(/ERR_FAILED/);
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await joe.route("**/push/**", (route) => route.abort());
  await joe.reload();
  await upload(jane, "Meanwhile.pdf", pdf(["Meanwhile"]));
  await expectPreviews(jane);
  await expect(joe.locator("body")).not.toHaveAttribute("data-inject-async-state", "open");
  await joe.unroute("**/push/**");
  await joe.evaluate(() => window.dispatchEvent(new Event("online")));
  await expectPreviews(joe);
});

test("logging out in another tab is noticed: the page says so, and comes back after the next login", async ({
  logIn,
  site,
  allow,
}) => {
  // What the browser itself says of the refused requests.
  allow(/401|WebSocket/);
  const jane = await logIn("jane");
  await jane.goto(`${site}/workspace?sort=title`);
  await expect(jane.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  await jane.getByLabel("Private").check();
  const tab = await jane.context().newPage();
  await tab.goto(`${site}/workspace`);
  await tab.getByRole("button", { name: "Log out" }).click();
  await expect(jane.locator("body")).toHaveAttribute("data-inject-async-state", "stopped");
  const notice = jane.getByRole("main").getByRole("status").filter({ hasText: "You have been signed out" });
  await expect(notice.getByRole("link")).toHaveAttribute("href", "/login?came_from=%2Fworkspace%3Fsort%3Dtitle");
  await expect(jane.locator(".connection")).toHaveText("Connection: Signed out");
  await tab.getByLabel("Name").fill("jane");
  await tab.getByLabel("Password").fill("jane");
  await tab.getByRole("button", { name: "Sign in" }).click();
  await expect(tab).toHaveURL(/workspace/);
  await jane.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(jane.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  await expect(jane.getByText("You have been signed out")).toHaveCount(0);
  await expect(jane.getByLabel("Private")).toBeChecked();
});

test("anonymous and foreign-Origin sockets are refused", async ({ logIn, site }) => {
  const jane = await logIn("jane");
  const cookie = (await jane.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const info = (headers: Record<string, string>) => fetch(`${site}/push/info`, { headers });
  expect((await info({})).status).toBe(401);
  expect((await info({ cookie, origin: "https://evil.example" })).status).toBe(403);
  expect((await info({ cookie, origin: `${site}.evil.example` })).status).toBe(403);
  expect((await info({ cookie, origin: site })).status).toBe(200);
});
