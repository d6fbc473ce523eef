/** What a Plone site adds to its pages and to its snippets, on every host as Plone loads it. */
import { expect } from "../support/fixture.ts";
import { onEachHost } from "./host-test.ts";
import { AS_PLONE, PROTECT } from "./load-orders.ts";

const BODY = `
  <div id="place"><p id="p" class="pat-inject-async" data-pat-inject-async="pending: /doc/1">waiting</p></div>
  <a class="pat-inject" id="own" href="/own" data-pat-inject="source: #o; target: #from-host">Own</a>
  <p id="from-host"></p>
`;

onEachHost((test) => {
  test("plone.protect's script in a snippet names no target, and its token goes to the host's requests alone", async ({
    page,
    push,
    open,
  }) => {
    push.snippet("/own", '<p id="o">own</p>');
    push.snippet("/doc/1", `<p>ready</p>${PROTECT.replace("secret", "another")}`);
    await open(BODY, AS_PLONE);
    const socket = await push.nextSocket();
    socket.send({ url: "/doc/1" });
    await expect(page.locator("#place")).toHaveText("ready");
    await expect(page.locator("#protect-script")).toHaveAttribute("data-token", "secret");
    await page.locator("#own").click();
    await expect(page.locator("#from-host")).toHaveText("own");
    const tokens = (path: string) => new Set(push.requestsFor(path).map(({ headers }) => headers["x-csrf-token"]));
    expect([tokens("/own"), tokens("/doc/1")]).toEqual([new Set(["secret"]), new Set([undefined])]);
  });
});
