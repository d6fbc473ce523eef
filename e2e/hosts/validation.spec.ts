/** In every host, a form that a snippet brings is validated before pat-inject sends it. */
import { expect } from "../support/fixture.ts";
import { onEachHost } from "./host-test.ts";

const FORM = `<form class="pat-validation pat-inject" action="/send" data-pat-inject="source: #s; target: #sent">
    <input name="name" required><button>Send</button>
  </form>`;

onEachHost((test) => {
  test("an invalid form that came in a snippet is not sent, a valid one is", async ({ page, push, open }) => {
    push.snippet("/send", '<p id="s">sent</p>');
    await open('<div id="place"></div><p id="sent"></p><p id="last"></p>');
    const socket = await push.nextSocket();
    socket.send({ html: FORM, inject: "target: #place" });
    await page.locator("#place button").click();
    await expect(page.locator("#place em")).not.toBeEmpty();
    // What the click might have led to has been asked for before this.
    socket.send({ html: "last", inject: "target: #last" });
    await expect(page.locator("#last")).toHaveText("last");
    expect(push.requestsFor("/send")).toEqual([]);
    await page.locator("#place input").fill("Jane");
    await page.locator("#place button").click();
    await expect(page.locator("#sent")).toHaveText("sent");
    expect(push.requestsFor("/send")).toHaveLength(1);
  });
});
