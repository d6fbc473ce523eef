/** A site's own test: its page, its snippet, and a push server that does what the test says. */
import { expect, test } from "@playwright/test";
import { type PushServer, record, startPushServer } from "pat-inject-async/testing";
import { site } from "./site.ts";

let push: PushServer;

test.beforeEach(async () => {
  push = await startPushServer({ otherwise: site });
});
test.afterEach(async ({ page }) => {
  await page.close();
  await push.close();
});

test("a preview appears when it is there, and what was missed meanwhile, too", async ({ page }) => {
  const snippet = push.snippet("/doc/1/@@preview", { status: 404 });
  await record(page);
  await page.goto(`${push.url}/listing`);
  const socket = await push.nextSocket();
  await push.settled(page);
  await expect(page.locator("#preview-1")).toHaveText("Preview is being generated");

  snippet.answer = '<div id="preview-1">Page 1</div>';
  push.broadcast({ url: "/doc/1/@@preview" });
  await push.settled(page);
  await expect(page.locator("#preview-1")).toHaveText("Page 1");

  snippet.answer = '<div id="preview-1">Page 2</div>';
  socket.drop();
  push.broadcast({ url: "/doc/1/@@preview" });
  await push.settled(page);
  await expect(page.locator("#preview-1")).toHaveText("Page 2");
});
