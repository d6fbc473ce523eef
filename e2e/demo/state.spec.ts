/** What the header says: of the connection, of notifications; and times that tick. */
import { brokenPdf } from "../../demo/docconv/samples.ts";
import { expect, test, upload } from "../support/demo.ts";
import { holdClock, standStill } from "../support/page-time.ts";

test("the state of the connection is true at once, and spoken when it lasts; times tick", async ({ logIn, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  const jane = await logIn("jane");
  await holdClock(jane);
  await jane.reload();
  await upload(jane, "Report.pdf", brokenPdf());
  await expect(jane.locator("#documents .document")).toHaveCount(1);
  const state = jane.locator(".connection");
  await expect(state).toHaveText("Connection: Live");
  const spoken = jane.getByRole("main").getByRole("status").first();
  await standStill(jane);
  await jane.context().setOffline(true);
  await expect(state).toHaveText("Connection: Offline");
  await expect(spoken).not.toContainText("The connection is lost");
  await jane.clock.resume();
  await expect(spoken).toContainText("The connection is lost");
  await jane.context().setOffline(false);
  await expect(state).toHaveText("Connection: Live");
  await expect(spoken).toHaveText("Connected again, and up to date.");
  await jane.evaluate(() =>
    document.body.dispatchEvent(new CustomEvent("pat-inject-async-gap", { detail: { url: "/push" } })),
  );
  await expect(state).toHaveText("Connection: Catching up…");
  await expect(state).toHaveText("Connection: Live");

  const time = jane.locator("#documents time").first();
  await expect(time).toHaveText("just now");
  await time.evaluate((element: HTMLTimeElement) => {
    element.dateTime = new Date(Date.now() - 5 * 60_000).toISOString();
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(time).toHaveText("5 minutes ago");
});

test("a notification is spoken, shown on the desktop where that is wanted, and read once it is opened", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await joe.context().grantPermissions(["notifications"]);
  const other = await joe.context().newPage();
  await other.goto(joe.url());
  await expect(other.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  // As the browser would show it while another tab is looked at.
  await joe.evaluate(() => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    window.Notification = new Proxy(window.Notification, {
      construct(_target, [title]) {
        shown.push(title);
        return new EventTarget();
      },
    });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  });
  const desktop = joe.getByRole("button", { name: "Show on the desktop" });
  await joe.getByRole("button", { name: /Notifications/ }).click();
  await desktop.click();
  await expect(desktop).toHaveAttribute("aria-pressed", "true");
  await upload(jane, "First.pdf", brokenPdf());
  await expect.poll(() => joe.evaluate(() => Reflect.get(window, "shown"))).toEqual(["Jane Doe shared First.pdf"]);
  await expect(
    other.locator("[aria-live=polite], [role=status]").filter({ hasText: "Jane Doe shared First.pdf." }),
  ).toHaveCount(1);
  for (const page of [joe, other]) await expect(page.locator("#notifications-count")).toHaveText("1");

  await joe.locator("#notifications").getByRole("link", { name: "Jane Doe shared First.pdf" }).click();
  await expect(joe.getByRole("heading", { level: 1 })).toHaveText("First.pdf");
  for (const page of [joe, other]) await expect(page.locator("#notifications-count")).toHaveText("0");

  await other.getByRole("button", { name: /Notifications/ }).click();
  await other.getByLabel("Have new ones read out").uncheck();
  await expect(other.getByText("Saved.")).toBeVisible();
  await upload(jane, "Second.pdf", brokenPdf());
  await expect(other.locator("#notifications-count")).toHaveText("1");
  await expect(other.locator("[aria-live=polite], [role=status]").filter({ hasText: "shared Second.pdf" })).toHaveCount(
    0,
  );
});
