/** Who has caused an update is not told on that page that it waits: the answer to their request has brought it. */
import { expect, test } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";

const BODY = `<form id="edit" class="pat-inject" action="/save" data-pat-inject="source: #note; target: #note">
    <input name="title"><button>Save</button>
  </form>
  <p id="note"></p><button id="elsewhere">Elsewhere</button>`;

test("the page's token goes with its host's requests, and spares it the notice", async ({ page, push, otherUser }) => {
  push.snippet("/save", '<p id="note">saved</p>');
  const own = await opened(page, push, { body: BODY });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#note")).toHaveText("saved");
  const author = (await push.nextRequest("/save")).headers["x-inject-async-page"];
  expect(author).toMatch(/^\w{8,}$/);

  const other = await otherUser();
  const theirs = await opened(other, push, { body: BODY });
  const update = { html: "<input name='title'>new", inject: "target: #edit", author };
  for (const [tab, socket] of [
    [page, own],
    [other, theirs],
  ] as const) {
    await tab.locator("[name=title]").focus();
    socket.send(update);
    await push.settled(tab);
  }
  await expect(page.locator(".pat-inject-async-notice")).toHaveCount(0);
  await expect(page.locator("#edit")).not.toHaveClass(/has-update/);
  await expect(page.locator("#edit")).not.toContainText("new");
  await expect(other.locator("#edit .pat-inject-async-notice")).toHaveCount(1);
  await page.locator("#elsewhere").focus();
  await expect(page.locator("#edit")).toContainText("new");
});

test("what others do meanwhile is told as ever, and nothing that is being written is lost", async ({ page, push }) => {
  push.snippet("/save", '<p id="note">saved</p>');
  const socket = await opened(page, push, { body: BODY });
  await page.getByRole("button", { name: "Save" }).click();
  const author = (await push.nextRequest("/save")).headers["x-inject-async-page"];
  const update = (text: string, by?: string | string[]) => ({
    html: `<input name="title">${text}`,
    inject: "target: #edit",
    ...(by === undefined ? {} : { author: by }),
  });
  await page.locator("[name=title]").pressSequentially("more");
  socket.send(update("mine", author));
  await push.settled(page);
  await page.locator("#elsewhere").focus();
  await push.settled(page);
  await expect(page.locator("[name=title]")).toHaveValue("more");
  await expect(page.locator("#edit")).not.toContainText("mine");
  socket.send(update("theirs"));
  await expect(page.locator("#edit .pat-inject-async-notice")).toHaveCount(1);
  await page.locator(".pat-inject-async-notice button").click();
  await expect(page.locator("#edit")).toContainText("theirs");
  await expect(page.locator("[name=title]")).toHaveValue("more");
});

test("the token goes to no other origin, and no longer than the library is in use", async ({ page, push, allow }) => {
  allow(/CORS policy|net::ERR_FAILED/);
  for (const path of ["/one", "/two", "/three"]) push.snippet(path, "");
  const socket = await opened(page, push);
  const tokenFor = async (origin: string, path: string) => {
    await page.evaluate(async (url) => {
      const jQuery: unknown = Reflect.get(window, "jQuery");
      if (typeof jQuery !== "function") throw new Error(`expected jQuery, found ${jQuery}`);
      const ask: unknown = Reflect.get(jQuery, "ajax");
      if (typeof ask === "function") await Promise.allSettled([Reflect.apply(ask, jQuery, [url])]);
    }, origin + path);
    return (await push.nextRequest(path)).headers["x-inject-async-page"];
  };
  expect(await tokenFor(push.url, "/one")).toMatch(/^\w+$/);
  expect(await tokenFor(push.url.replace("127.0.0.1", "localhost"), "/two")).toBeUndefined();
  await page.evaluate(() => document.body["pattern-inject-async"]?.destroy());
  await socket.closed;
  expect(await tokenFor(push.url, "/three")).toBeUndefined();
});
