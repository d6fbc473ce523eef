/** In every host, a form that a snippet brings is validated before pat-inject sends it. */
import { expect } from "../support/fixture.ts";
import { onEachHost } from "./host-test.ts";

/** What makes a form invalid as it comes, and what then makes it valid. */
const FIELDS = [
  ['<input name="x" required>', "Jane"],
  ['<input name="x" type="email" value="nobody">', "jane@example.org"],
  ['<textarea name="x" required></textarea>', "text"],
  ['<input name="x" type="number" max="3" value="4">', "3"],
] as const;

onEachHost((test) => {
  test("an invalid form that came in a snippet is not sent, a valid one is", async ({ page, push, open }) => {
    push.snippet("/send", '<p id="s">sent</p>');
    await open('<div id="place"></div><p id="sent"></p><p id="last"></p>');
    const socket = await push.nextSocket();
    for (const [index, [field, valid]] of FIELDS.entries()) {
      await test.step(field, async () => {
        const form = `<form class="pat-validation pat-inject" action="/send" data-pat-inject="source: #s; target: #sent">
          ${field}<button>Send ${index}</button></form>`;
        socket.send({ html: form, inject: "target: #place" });
        await page.getByRole("button", { name: `Send ${index}` }).click();
        await expect(page.locator("#place em")).not.toBeEmpty();
        // What the click might have led to has been asked for before this.
        socket.send({ html: field, inject: "target: #last" });
        await expect(page.locator("#last [name=x]")).toHaveCount(1);
        expect(push.requestsFor("/send")).toHaveLength(index);
        await page.locator("#place [name=x]").fill(valid);
        await page.locator("#place button").click();
        await expect.poll(() => push.requestsFor("/send").length).toBe(index + 1);
        await expect(page.locator("#sent")).toHaveText("sent");
      });
    }
  });
});
