/** The status page measures the ways of a message and of a task to itself, through the library. */
import { expect, test } from "../support/demo.ts";

test("a message is pushed to the status page and a task is done for it, and again when asked", async ({
  logIn,
  site,
}) => {
  const joe = await logIn("joe");
  await joe.goto(`${site}/@@async-status`);
  const line = joe.locator("#round-trip");
  await expect(line).toContainText(/\d+ ms\. Pushing works/);
  await expect(joe.getByText("sockets:")).toBeVisible();
  const taskLine = joe.locator("#task-round-trip");
  await expect(taskLine).toContainText(/\d+ ms\. Tasks work/);
  for (const it of [line, taskLine]) await it.evaluate((element) => element.replaceChildren("gone"));
  await joe.getByRole("button", { name: "Measure again" }).click();
  await expect(line).toContainText(/\d+ ms\. Pushing works/);
  await expect(taskLine).toContainText(/\d+ ms\. Tasks work/);
});
