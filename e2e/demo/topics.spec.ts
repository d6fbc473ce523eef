/** One message for all who may see something: what travels by the topic of the workspace, and what never does. */
import type { Page } from "@playwright/test";
import { pdf } from "../../demo/docconv/samples.ts";
import { expect, expectPreviews, test, upload } from "../support/demo.ts";

/** The SockJS frames that reach the page from its next load on. */
function frames(page: Page): string[] {
  const found: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => found.push(String(payload))));
  return found;
}

test("Joe's page follows Jane's upload by the topic, and nothing of what is private travels by it", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  const [janes, joes] = [frames(jane), frames(joe)];
  for (const page of [jane, joe]) {
    await page.reload();
    await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", "open");
  }
  await upload(jane, "Diary.pdf", pdf(["Dear diary"]), true);
  await expectPreviews(jane);
  const byTopic = (received: readonly string[]) => received.filter((frame) => frame.includes('\\"topic\\"'));
  for (const received of [janes, joes]) {
    await expect.poll(() => byTopic(received).length, "each is welcomed in the topic").toBe(1);
  }
  await upload(jane, "Public.pdf", pdf(["Public"]));
  await expectPreviews(joe);
  await expect(joe.locator("body")).not.toContainText("Diary");
  const preview = joes.filter((frame) => /@@preview-snippet|@@row/.test(frame));
  expect(preview.length).toBeGreaterThan(1);
  expect(byTopic(preview), "all of it").toEqual(preview);
});

test("a page with a forged grant is told nothing by the topic, and what it missed is there in the next page", async ({
  logIn,
}) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  const received = frames(joe);
  await joe.addInitScript(() => {
    new MutationObserver((_records, observer) => {
      const options = document.body?.dataset["patInjectAsync"];
      if (options === undefined) return;
      observer.disconnect();
      document.body.dataset["patInjectAsync"] = options.replace(
        /(topics: workspace~\d+~)[\w-]+/,
        `$1${"A".repeat(43)}`,
      );
    }).observe(document, { childList: true, subtree: true });
  });
  // Not welcomed in the topic, his page may have missed something, and has its list fetched: once.
  const refreshed = joe.waitForResponse((response) => decodeURIComponent(response.url()).includes("@@updates"));
  await joe.reload();
  await refreshed;
  await upload(jane, "Public.pdf", pdf(["Public"]));
  await expectPreviews(jane);
  // His own stream goes on.
  await expect(joe.locator("#notifications-count")).toHaveText(/1/);
  expect(received.filter((frame) => frame.includes('\\"topic\\"'))).toEqual([]);
  await expect(joe.locator("#documents")).not.toContainText("Public");
  const again = await joe.context().newPage();
  await again.goto(joe.url());
  await expectPreviews(again);
});
