/** What becomes of content once it is on the page: its patterns, links and addresses, and the events that tell of it. */
import { fill } from "../support/elements.ts";
import { test as base, drainEvents, expect, libraryPage, nextEvent } from "../support/fixture.ts";
import { holdClock } from "../support/page-time.ts";
import type { PushSocket } from "../support/push-socket.ts";

/** Registers a pattern, before Patternslib comes, that counts on each `.pat-probe` how often it was initialised. */
const PROBE = `<script>
  window.__patternslib_registry = {
    probe: {
      name: "probe",
      trigger: ".pat-probe",
      init: ([element]) => element.setAttribute("data-inits", Number(element.getAttribute("data-inits")) + 1),
    },
  };
</script>`;

const test = base.extend<{ open: (body: string) => Promise<PushSocket> }>({
  /** Loads a page with the library, the probe, and this in `<main>`; returns the server's end of its connection. */
  open: async ({ page, push }, use) => {
    await use(async (body) => {
      const html = libraryPage({ body: `<main>${body}</main>` });
      await page.goto(push.page("/", html.replace("<title>", `${PROBE}<title>`)));
      return push.nextSocket();
    });
  },
});

const PROBED =
  '<p class="pat-probe" id="p1">1 <b class="pat-probe" id="p2">2</b></p>text<i class="pat-probe" id="p3">3</i>';

const PLACES = [
  ["in a target", { inject: "target: #b" }],
  ["in place of a target", { inject: "target: #b::element" }],
  ["at the start of a target", { inject: "target: #b::before" }],
  ["behind a target", { inject: "target: #b::element::after" }],
  ["by a source that is the pattern's element", { inject: "source: .pat-probe::element; target: #b" }],
] as const;

test("patterns are initialised, each once, wherever they are put", async ({ page, push, open }) => {
  push.snippet("/doc/1", PROBED);
  const socket = await open("");
  for (const [name, message] of PLACES) {
    await test.step(name, async () => {
      await fill(page, '<p id="b" class="pat-probe">old</p>');
      socket.send({ url: "/doc/1", ...message });
      for (const id of ["#p1", "#p2", "#p3"]) await expect(page.locator(id).first()).toHaveAttribute("data-inits", "1");
      await push.settled(page);
      for (const id of ["#p1", "#p2", "#p3"]) await expect(page.locator(id).first()).toHaveAttribute("data-inits", "1");
    });
  }
});

test("patterns are initialised once in each of several targets, and once when a snippet speaks for itself", async ({
  page,
  open,
}) => {
  const socket = await open('<p class="x"></p><p class="x"></p><p id="y"></p><p id="z"></p>');
  socket.send({ html: '<i class="pat-probe">1</i>', inject: "target: .x" });
  socket.send({ html: '<i class="pat-probe" data-pat-inject="target: #y::after">2</i>' });
  socket.send({ html: '<i class="pat-probe" id="z">3</i>' });
  const probes = page.locator("main .pat-probe");
  await expect(probes).toHaveText(["1", "1", "2", "3"]);
  await expect
    .poll(() => probes.evaluateAll((elements) => elements.map((element) => element.getAttribute("data-inits"))))
    .toEqual(["1", "1", "1", "1"]);
});

test("what was in the target before an insertion is not initialised again", async ({ page, open }) => {
  const socket = await open('<div id="b"><i class="pat-probe" id="old">old</i></div>');
  socket.send({ html: '<i class="pat-probe" id="new">new</i>', inject: "target: #b::after" });
  await expect(page.locator("#new")).toHaveAttribute("data-inits", "1");
  await expect(page.locator("#old")).toHaveAttribute("data-inits", "1");
});

test("an injected link of pat-inject works when it is clicked, once per click", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<a class="pat-inject" href="/more" data-pat-inject="source: #m; target: #x::after">More</a>');
  push.snippet("/more", '<p id="m">more</p>');
  const socket = await open('<p id="b"></p><div id="x"></div>');
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await page.locator("#b a").click();
  await expect(page.locator("#x")).toHaveText("more");
  expect(push.requestsFor("/more")).toHaveLength(1);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

const WITH_ADDRESSES = [
  ["an inject argument", '<div><img alt="" src="images/a.png"><a href="b">b</a></div>', "target: #b"],
  [
    "data-pat-inject",
    '<div data-pat-inject="target: #b"><img alt="" src="images/a.png"><a href="b">b</a></div>',
    undefined,
  ],
  [
    "data-pat-inject with a source",
    '<div data-pat-inject="source: section; target: #b"></div><section><img alt="" src="images/a.png"><a href="b">b</a></section>',
    undefined,
  ],
  ["its own ids", '<div id="b"><img alt="" src="images/a.png"><a href="b">b</a></div>', undefined],
] as const;

test("relative addresses are those of the snippet", async ({ page, push, open }) => {
  push.snippet("/folder/doc/images/a.png", { headers: { "Content-Type": "image/svg+xml" }, body: "<svg/>" });
  const socket = await open("");
  for (const [name, content, inject] of WITH_ADDRESSES) {
    await test.step(`put in place by ${name}`, async () => {
      push.snippet("/folder/doc/@@snippet", content);
      await fill(page, '<div id="b"></div>');
      socket.send({ url: "/folder/doc/@@snippet", ...(inject && { inject }) });
      await expect(page.locator("#b a")).toHaveJSProperty("href", `${push.url}/folder/doc/b`);
      await expect(page.locator("#b img")).toHaveJSProperty("src", `${push.url}/folder/doc/images/a.png`);
    });
  }
});

test("events say what is injected where, before and after, and bubble", async ({ page, push, open }) => {
  push.snippet("/doc/1", "<p>new</p>");
  await open('<p id="b">old</p><p id="c">old</p>');
  await page.evaluate(() => {
    const log: string[] = [];
    Reflect.set(window, "log", log);
    for (const name of ["pat-inject-async-before-inject", "pat-inject-async-injected"] as const) {
      document.addEventListener(name, (event) => {
        log.push(
          `${name}: ${event.target instanceof Element && event.target.id}, ${document.querySelector("#b")?.textContent}`,
        );
      });
    }
  });
  const { id } = push.broadcast({ url: "/doc/1", inject: "target: #b && target: #c::element::after" });
  const about = { id, url: "/doc/1" };
  for (const [type, target, action] of [
    ["before-inject", "b", "content"],
    ["injected", "b", "content"],
    ["before-inject", "c", "elementafter"],
    ["injected", "c", "elementafter"],
  ] as const) {
    const event = await nextEvent(page, `pat-inject-async-${type}`);
    expect(event).toMatchObject({ target, detail: { ...about, target: `#${target}`, action } });
    if (type === "before-inject") expect(event.detail["fragment"]).toBe("<p>new</p>");
  }
  expect(await page.evaluate(() => Reflect.get(window, "log"))).toEqual([
    "pat-inject-async-before-inject: b, old",
    "pat-inject-async-injected: b, new",
    "pat-inject-async-before-inject: c, new",
    "pat-inject-async-injected: c, new",
  ]);
});

test("what replaced a target hears that it was injected", async ({ page, open }) => {
  const socket = await open('<p id="a">a</p><p id="b">old</p><p id="c">c</p>');
  socket.send({ html: '<div id="new">new</div>', inject: "target: #b::element" });
  expect(await nextEvent(page, "pat-inject-async-injected")).toMatchObject({
    target: "new",
    detail: { target: "#b", action: "element" },
  });
  socket.send({ html: "text", inject: "target: #a::element" });
  const { target } = await nextEvent(page, "pat-inject-async-injected", { target: "#a" });
  expect(target, "not a neighbour that has nothing to do with it").not.toBe("new");
});

test("a listener may cancel an injection, and only that one", async ({ page, open }) => {
  const socket = await open('<p id="b">old</p><p id="c">old</p>');
  await page.evaluate(() => {
    document.querySelector("#b")?.addEventListener("pat-inject-async-before-inject", (event) => event.preventDefault());
  });
  socket.send({ html: "new", inject: "target: #b && target: #c" });
  await expect(page.locator("#c")).toHaveText("new");
  await expect(page.locator("#b")).toHaveText("old");
  const injected = (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-injected");
  expect(injected).toMatchObject([{ target: "c" }]);
});

test("a listener may change what is injected, for each target by itself", async ({ page, open }) => {
  const socket = await open('<p class="x" id="b"></p><p class="x" id="c"></p>');
  await page.evaluate(() => {
    document.addEventListener("pat-inject-async-before-inject", ({ target, detail }) => {
      detail.fragment.querySelector("i")?.append(` for ${target instanceof Element && target.id}`);
    });
  });
  socket.send({ html: "<i>new</i>", inject: "target: .x" });
  await expect(page.locator("#b")).toHaveText("new for b");
  await expect(page.locator("#c")).toHaveText("new for c");
});

test("what is pushed does not take the focus", async ({ page, push, open }) => {
  await holdClock(page);
  const socket = await open('<textarea id="mine"></textarea><p id="b">old</p>');
  for (const field of [
    "<input autofocus>",
    '<input class="pat-autofocus">',
    '<form class="pat-formautofocus"><input></form>',
    "<template><p></p></template><INPUT AUTOFOCUS>",
  ]) {
    await test.step(field, async () => {
      for (const place of ["#mine", "body"]) {
        if (place === "#mine") await page.locator(place).focus();
        else await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
        socket.send({ html: field, inject: "target: #b" });
        await push.settled(page);
        // Longer than the patterns wait.
        await page.clock.runFor(200);
        await expect(page.locator(place)).toBeFocused();
      }
    });
  }
});

test("what a pushed dialog focuses when it is opened stays so", async ({ page, push, open }) => {
  const socket = await open('<button popovertarget="menu">Open</button><p id="b">old</p>');
  const html = '<div popover id="menu"><button>First</button><button autofocus>Keep it</button></div>';
  socket.send({ html, inject: "target: #b" });
  await push.settled(page);
  await page.getByText("Open").click();
  await expect(page.getByText("Keep it")).toBeFocused();
});
