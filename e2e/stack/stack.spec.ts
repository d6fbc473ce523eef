/** The stack of separate processes: what the demo does in one process. */
import type { Page } from "@playwright/test";
import { image, pdf } from "../../demo/docconv/samples.ts";
import { withoutRedisServer } from "../../demo/test-support/redis.ts";
import { record } from "../support/recorder.ts";
import type { Stack } from "../support/stack.ts";
import { expect, expectPreviews, test, upload } from "../support/stack-people.ts";

test.skip(withoutRedisServer !== false, withoutRedisServer || "");
test.describe.configure({ timeout: 120_000 });

test("Jane's upload becomes a preview in both places of her page, and in Joe's", async ({ logIn, stack }) => {
  const jane = await logIn("jane");
  const joe = await logIn("joe");
  await upload(jane, "Budget.pdf", pdf(["Budget"]));
  await expectPreviews(jane);
  await expectPreviews(joe);
  await expect(joe.locator("#notifications-count")).toHaveText(/1/);
  const status = await (await jane.request.get(`${stack.url}/@@async-status`)).json();
  expect(status).toMatchObject({ mode: "redis", redis: "up", workers: 1, tasks: { failed: 0 } });
});

/** How many sockets each gateway has: by its own figures, which are those of this moment. */
async function socketsOf(stack: Stack): Promise<number[]> {
  const internal = [...stack.log().matchAll(/^stack: push \d is ready, pid \d+ internal (\S+)$/gm)];
  const figures = internal.map(async ([, url]) => (await fetch(new URL("metrics", url))).text());
  return (await Promise.all(figures)).map((text) => Number(/^inject_async_sockets (\d+)$/m.exec(text)?.[1]));
}

/** Every message that the library lets in, from the page's next load on. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    document.addEventListener("pat-inject-async-message", (event) => {
      const { message, isHealing } = Object(Reflect.get(event, "detail"));
      if (!isHealing) heard.push(JSON.stringify(message));
    });
  });
  return () => page.evaluate(() => Reflect.get(window, "heard"));
}

test.describe("two gateways", () => {
  test.use({ stackSettings: { GATEWAYS: "2" } });

  test("Jane's two tabs are at one each: each message is in each of them once, though one gateway is killed meanwhile", async ({
    logIn,
    stack,
    allow,
  }) => {
    allow(/WebSocket|503/);
    const first = await logIn("jane");
    const second = await record(await first.context().newPage());
    const heard = [await listen(first), await listen(second)];
    await second.goto(first.url());
    await first.reload();
    // The random name of a SockJS session decides which gateway it is at.
    await expect(async () => {
      await second.reload();
      await expect(second.locator("body")).toHaveAttribute("data-inject-async-state", "open");
      await expect.poll(() => socketsOf(stack), { timeout: 2_000 }).toEqual([1, 1]);
    }).toPass();

    const joe = await logIn("joe");
    const share = async (name: string) => {
      await upload(joe, name, await image("png", 200, 150));
      await expect(joe.locator("#uploads")).toContainText(`${name} is in the workspace`);
    };
    await share("one.png");
    for (const tab of [first, second]) await expect(tab.locator("#documents .document")).toHaveCount(1);
    const isBack = stack.kill("push");
    await share("two.png");
    await isBack;
    await share("three.png");
    for (const tab of [first, second]) {
      await expect(tab.locator('#documents img[src*="@@preview/"]')).toHaveCount(3);
      await expect(tab.locator("#documents .document")).toHaveCount(3);
      await expect(tab.locator("#activity-stream .activity")).toHaveCount(3);
      await expect(tab.locator("#notifications-count")).toHaveText("3");
    }
    const [ones = [], others] = await Promise.all(heard.map((messages) => messages()));
    expect(ones.length).toBeGreaterThanOrEqual(3);
    expect(new Set(ones).size, "none twice").toBe(ones.length);
    expect(others?.toSorted(), "the same").toEqual(ones.toSorted());
  });
});
