/** The stack of separate processes: what the demo does in one process. */
import { pdf } from "../../demo/docconv/samples.ts";
import { withoutRedisServer } from "../../demo/test-support/redis.ts";
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
