/** Many messages at once: they are put in place in slices, and nothing of what a single one is promised is lost by that. */
import { expect, test } from "../support/fixture.ts";
import { opened, upToDate } from "../support/opened.ts";

test("of a thousand messages each is in place, its patterns initialised once, its events in order", async ({
  page,
  push,
}) => {
  const targets = Array.from({ length: 1_000 }, (_, n) => `<div id="t-${n}">old</div>`).join("");
  const socket = await opened(page, push, { ...upToDate(push), body: targets });
  await page.evaluate(() => {
    const log: { target: string; text: string; patterns: number }[] = [];
    Reflect.set(window, "log", log);
    const started = new Map<EventTarget, number>();
    document.addEventListener("init.scroll.patterns", ({ target }) => {
      if (target) started.set(target, (started.get(target) ?? 0) + 1);
    });
    Reflect.set(window, "started", started);
    document.addEventListener("pat-inject-async-injected", ({ detail }) => {
      const text = document.querySelector(detail.target)?.textContent ?? "";
      log.push({ target: detail.target, text, patterns: started.size });
    });
  });
  for (let n = 0; n < 1_000; n++) {
    const html = `<div id="t-${n}"><a class="pat-scroll" href="/x">new ${n}</a></div>`;
    socket.send({ html, inject: `target: #t-${n}::element` });
  }
  await expect.poll(() => page.evaluate(() => Reflect.get(window, "log").length)).toBe(1_000);
  const log: { target: string; text: string }[] = await page.evaluate(() => Reflect.get(window, "log"));
  for (const [n, entry] of log.entries()) expect(entry).toMatchObject({ target: `#t-${n}`, text: `new ${n}` });
  const counts = () => page.evaluate(() => [...Reflect.get(window, "started").values()]);
  await expect.poll(async () => (await counts()).length).toBe(1_000);
  expect(new Set(await counts())).toEqual(new Set([1]));
});

test("who hears of a replacement finds it there, though the next one for the same target came with it", async ({
  page,
  push,
}) => {
  const socket = await opened(page, push, { ...upToDate(push), body: '<p id="a"></p><p id="b"></p>' });
  await page.evaluate(() => {
    const seen: string[] = [];
    Reflect.set(window, "seen", seen);
    document.addEventListener("pat-inject-async-injected", ({ target }) => {
      if (target instanceof Element && target.id === "b") seen.push(target.textContent ?? "");
    });
  });
  const numbers = Array.from({ length: 100 }, (_, n) => String(n));
  for (const html of numbers) {
    socket.send({ html, inject: "target: #b" });
    socket.send({ html, inject: "target: #a::after" });
  }
  await expect(page.locator("#b")).toHaveText("99");
  await expect(page.locator("#a")).toHaveText(numbers.join(""));
  expect(await page.evaluate(() => Reflect.get(window, "seen"))).toEqual(numbers);
});

test("a newer replacement that cannot be applied does not swallow the older one", async ({ page, push, allow }) => {
  allow(/No source elements/);
  const socket = await opened(page, push, { ...upToDate(push), body: '<p id="a"></p><p id="b">old</p>' });
  for (const text of ["1", "2", "3"]) socket.send({ html: text, inject: "target: #a::after" });
  socket.send({ html: "good", inject: "target: #b" });
  socket.send({ html: "<i>no such source</i>", inject: "source: #missing; target: #b" });
  socket.send({ html: "4", inject: "target: #a::after" });
  await expect(page.locator("#a")).toHaveText("1234");
  await expect(page.locator("#b")).toHaveText("good");
});

test("a target that appears a few steps after an injection gets what waited for it", async ({ page, push }) => {
  // The injector has put everything in place, and is about to rest. In one of its last steps something more is put.
  const body = '<p class="a"></p><div id="place"></div>';
  const socket = await opened(page, push, { ...upToDate(push), body });
  await page.evaluate(() => {
    document.addEventListener("pat-inject-async-injected", async ({ target }) => {
      if (!(target instanceof Element) || !target.matches(".a")) return;
      const steps = Number(target.textContent);
      for (let count = 0; count < steps; count++) await undefined;
      document.querySelector("#place")?.insertAdjacentHTML("beforeend", `<p id="late-${steps}"></p>`);
    });
  });
  for (let steps = 0; steps <= 8; steps++) {
    await test.step(`${steps} steps`, async () => {
      socket.send({ html: "late", inject: `target: #late-${steps}` });
      socket.send({ html: `${steps}`, inject: "target: .a" });
      await expect(page.locator(`#late-${steps}`)).toHaveText("late");
      await push.settled(page); // at rest again before the next
    });
  }
});
