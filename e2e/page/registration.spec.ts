/** How the library comes into a page: with either host, in any order, once; as a script and as a container. */
import type { Page } from "@playwright/test";
import { test as base, expect, hostReady, libraryPage, loadLibrary } from "../support/fixture.ts";
import type { LibraryPageOptions } from "../support/library-page.ts";

const test = base.extend<{ open: (options: LibraryPageOptions) => Promise<void> }>({
  /** Loads a page with the target `#b`; with the order `late` the library comes once the host has scanned the page. */
  open: async ({ page, push }, use) => {
    await use(async (options) => {
      await page.goto(push.page("/", libraryPage({ body: '<p id="b"></p>', ...options })));
      if (options.order !== "late") return;
      if (options.host !== "none") await hostReady(page);
      await loadLibrary(page);
    });
  },
});

const registered = (page: Page) => page.evaluate(() => Object.keys(window.__patternslib_registry ?? {}));

for (const host of ["patternslib", "mockup"] as const) {
  test(`with ${host}, loaded in any order: registered once, one connection, content is injected once`, async ({
    page,
    push,
    open,
  }) => {
    for (const [index, order] of (["before", "after", "defer", "late"] as const).entries()) {
      await test.step(order, async () => {
        await open({ host, order });
        const socket = await push.nextSocket();
        socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
        await expect(page.locator("#b")).toHaveText("1");
        expect(await registered(page)).toEqual(expect.arrayContaining(["inject", "inject-async"]));
        expect(push.sockets).toHaveLength(index + 1);
        expect(push.requestsFor("/push/info")).toHaveLength(index + 1);
      });
    }
  });
}

test("loaded twice, in any order and again later, it is registered once and injects once", async ({
  page,
  push,
  open,
}) => {
  for (const [index, order] of (["before", "after", "late"] as const).entries()) {
    await test.step(order, async () => {
      const twice = order === "late" ? "" : '<script src="/dist/pat-inject-async.min.js"></script>';
      await open({ order, head: twice });
      const socket = await push.nextSocket();
      const first = await page.evaluateHandle(() => window.__patternslib_registry?.["inject-async"]);
      await loadLibrary(page);
      expect(await page.evaluate((it) => it === window.__patternslib_registry?.["inject-async"], first)).toBe(true);
      socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
      await expect(page.locator("#b")).toHaveText("1");
      expect(push.sockets).toHaveLength(index + 1);
      expect(push.requestsFor("/push/info")).toHaveLength(index + 1);
    });
  }
});

test("two hosts on one page make one registration and one connection", async ({ page, push, open }) => {
  await open({ host: "patternslib", head: '<script src="/mockup/bundle.min.js"></script>' });
  const socket = await push.nextSocket();
  await hostReady(page);
  socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
  await expect(page.locator("#b")).toHaveText("1");
  expect(push.sockets).toHaveLength(1);
  expect(push.requestsFor("/push/info")).toHaveLength(1);
});

test("on the blacklist, it is not registered, in whatever order it is loaded", async ({ page, push, open }) => {
  await page.addInitScript(() => {
    window.__patternslib_patterns_blacklist = ["other", "inject-async"];
  });
  for (const order of ["before", "after", "late"] as const) {
    await test.step(order, async () => {
      await open({ order });
      await hostReady(page);
      await page.evaluate(async () => {
        const container = Reflect.get(window, "__patternslib_mf__patinjectasync");
        (await container.get("./main"))();
      });
      const names = await registered(page);
      expect(names).toContain("inject");
      expect(names).not.toContain("inject-async");
      expect(push.requestsFor("/push/info")).toHaveLength(0);
    });
  }
});

test("it is a container of Module Federation: `init`, and `get` with one module", async ({ page, push, open }) => {
  await open({ order: "late" });
  const socket = await push.nextSocket();
  const results = await page.evaluate(async () => {
    const container = Reflect.get(window, "__patternslib_mf__patinjectasync");
    await container.init({});
    await container.init({});
    const before = window.__patternslib_registry?.["inject-async"];
    const factory = await container.get("./main");
    const modules = [factory(), factory(), (await container.get("./main"))()];
    return {
      exports: modules.map(({ register }) => typeof register),
      again: modules.map(({ register }) => register()),
      same: before === window.__patternslib_registry?.["inject-async"],
      unknown: await container.get("./other").catch((error: unknown) => String(error)),
    };
  });
  expect(results).toEqual({
    exports: ["function", "function", "function"],
    again: [false, false, false],
    same: true,
    unknown: expect.stringMatching(/expected.*\.\/main.*found.*\.\/other/),
  });
  socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
  await expect(page.locator("#b")).toHaveText("1");
  expect(push.sockets).toHaveLength(1);
});

test("a page without Patternslib has no errors, and gets nothing but the registry and the container", async ({
  page,
  push,
}) => {
  const globals = () => page.evaluate(() => Object.getOwnPropertyNames(window));
  await page.goto(push.page("/without", "<!DOCTYPE html><title>Without</title>"));
  const without = new Set(await globals());
  await page.goto(push.page("/", libraryPage({ host: "none" })));
  const added = (await globals()).filter((name) => !without.has(name));
  expect(added.sort()).toEqual(["__patternslib_mf__patinjectasync", "__patternslib_registry"]);
  expect(await registered(page)).toEqual(["inject-async"]);
  await page.evaluate(() => fetch("/favicon.ico"));
  expect(push.requestsFor("/push/info")).toEqual([]);
  // What sockjs-client would add is taken back, and nothing else is left changed.
  expect(await page.evaluate(() => /native code/.test(String(window.addEventListener)))).toBe(true);
});

test("a host that comes long after the library finds it", async ({ page, push, open }) => {
  await open({ host: "none" });
  await page.addScriptTag({ url: "/patternslib/bundle.min.js" });
  const socket = await push.nextSocket();
  socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
  await expect(page.locator("#b")).toHaveText("1");
});

test("a registry without pat-inject is one log line, and no error of the page", async ({ page, push }) => {
  const warnings: string[] = [];
  page.on("console", (line) => line.type() === "warning" && warnings.push(line.text()));
  await page.addInitScript(() => {
    window.__patternslib_registry = {};
    window.__patternslib_registry_initialized = true;
  });
  await page.goto(push.page("/", libraryPage({ host: "none", order: "late" })));
  await loadLibrary(page);
  await expect
    .poll(() => warnings)
    .toEqual([expect.stringMatching(/^pat-inject-async: .*expected.*pat-inject.*found/)]);
  expect(push.requestsFor("/push/info")).toEqual([]);
});
