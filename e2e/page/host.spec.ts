/**
 * The facts about the host's Patternslib that the library relies on, or keeps from its users, each asked of the real
 * bundles. When one of these fails with a new Patternslib, read `src/host.ts` and `src/inject.ts` before anything else.
 *
 * The library is not on these pages.
 */
import type { JSHandle, Page } from "@playwright/test";
import { test as base, drainEvents, expect, hostReady, libraryPage, navigations } from "../support/fixture.ts";
import { type HostApi, hostApi } from "../support/host-api.ts";
import type { Host } from "../support/library-page.ts";
import { startPushServer } from "../support/push-server.ts";

interface HostPage {
  /** Whose bundle is on the page. */
  readonly host: Host;
  /** Loads a page with the bundle and this body, and waits until it has been scanned. */
  readonly open: (body?: string) => Promise<JSHandle<HostApi>>;
  /** Puts this into the body of a page that has been scanned, and that other tests of this worker use too. */
  readonly borrow: (body?: string) => Promise<JSHandle<HostApi>>;
}

interface HostPages {
  /** A page with this bundle, loaded once for all tests of the worker that only ask it something. */
  readonly shared: (host: Host) => Promise<Page>;
}

const test = base.extend<HostPage, HostPages>({
  shared: [
    async ({ browser }, use) => {
      const server = await startPushServer();
      const pages = new Map<Host, Page>();
      await use(async (host) => {
        const page = pages.get(host) ?? (await browser.newPage());
        if (!pages.has(host))
          await page.goto(server.page("/", libraryPage({ host, order: "late", bodyAttributes: "" })));
        pages.set(host, page);
        return page;
      });
      for (const page of pages.values()) await page.close();
      await server.close();
    },
    { scope: "worker" },
  ],
  borrow: async ({ shared, host }, use) => {
    await use(async (body = "") => {
      const page = await shared(host);
      const api = await hostApi(page);
      await page.evaluate((html) => {
        document.body.innerHTML = html;
      }, body);
      return api;
    });
  },
  host: ["patternslib", { option: true }],
  open: async ({ page, push, host }, use) => {
    await use(async (body = "") => {
      await page.goto(push.page("/", libraryPage({ host, order: "late", body, bodyAttributes: "" })));
      return hostApi(page);
    });
  },
});

const link = (argument: string) => `<a class="pat-inject" href="/doc#d" data-pat-inject="${argument}">Go</a>`;

for (const host of ["patternslib", "mockup"] as const) {
  test.describe(`in the bundle of ${host}`, () => {
    test.use({ host });

    test("the registry is filled and initialised", async ({ borrow }) => {
      const api = await borrow();
      expect(await api.evaluate(({ registry }) => Object.keys(registry))).toContain("inject");
      expect(await api.evaluate(() => window.__patternslib_registry_initialized)).toBe(true);
    });

    test("jQuery is there once the script has run, the registry only later", async ({ page, push }) => {
      const head = "<script>seen = [typeof jQuery, typeof __patternslib_registry]</script>";
      await page.goto(push.page("/", libraryPage({ host, order: "late", head, bodyAttributes: "" })));
      expect(await page.evaluate(() => Reflect.get(window, "seen"))).toEqual(["function", "undefined"]);
      await hostReady(page);
    });

    test("a parser for other options can be made from pat-inject's, and inherits from ancestors", async ({
      borrow,
    }) => {
      const api = await borrow('<div data-pat-other="url: /other"><p data-pat-other="when: visible"></p></div>');
      const options = await api.evaluate(({ inject, $ }) => {
        const parser = new inject.parser.constructor("other");
        parser.addArgument("url", "/push");
        parser.addArgument("when", "now", ["now", "visible"]);
        return Array.from($("p"), (element) => parser.parse(element));
      });
      expect(options).toEqual([{ url: "/other", when: "visible" }]);
    });

    test("extractConfig and verifyConfig read every source, target and modifier", async ({ borrow }) => {
      const argument =
        "source: #a; target: #x && source: #b::element; target: #y::element::after && target: #z::before";
      const api = await borrow(`${link(argument)}<p id="x"></p><p id="y"></p><p id="z"></p>`);
      const configs = await api.evaluate(({ inject, $ }) => {
        const configs = inject.extractConfig($("a"));
        inject.verifyConfig(configs);
        return configs.map(({ url, source, sourceMod, target, action }) => [url, source, sourceMod, target, action]);
      });
      expect(configs).toEqual([
        ["/doc", "#a", "content", "#x", "content"],
        ["/doc", "#b", "element", "#y", "elementafter"],
        ["/doc", "#d", "content", "#z", "contentbefore"],
      ]);
    });

    test("extractModifiers works on any object with a source and a target", async ({ borrow }) => {
      const config = await (await borrow()).evaluate(({ inject }) => {
        const config = { source: "#a::element", target: "#b::element" };
        inject.extractModifiers(config);
        return config;
      });
      expect(config).toEqual({ source: "#a", sourceMod: "element", target: "#b", action: "element" });
    });

    test("_parseRawHtml drops scripts and the head, and rebases addresses but not @@views", async ({ borrow }) => {
      const html = await (await borrow()).evaluate(({ inject }) => {
        const body = '<script>alert(1)</script><a href="b">b</a><a href="@@view">c</a>';
        return inject._parseRawHtml(`<head><meta name="m"></head><body>${body}</body>`, "/folder/doc")[0]?.innerHTML;
      });
      expect(html).toMatch(
        /^<div id="__original_body"><a href="http:\/\/[\d.:]+\/folder\/b">b<\/a><a href="@@view">c<\/a><\/div>$/,
      );
    });

    test("_sourcesFromHtml finds the source body only in a text that has one", async ({ borrow }) => {
      const found = await (await borrow()).evaluate(({ inject }) => {
        const count = (html: string) => inject._sourcesFromHtml(html, "/", ["body", "p", "#no"]).map(($) => $.length);
        return [count("<p>1</p>"), count("<body><p>1</p></body>")].join(" and ");
      });
      expect(found).toBe("0,1,0 and 1,1,0");
    });

    test("callTypeHandler answers with the sources in the configs' order, the title last", async ({ borrow }) => {
      const texts = await (await borrow("<a></a>")).evaluate(async ({ inject, $ }) => {
        const html = '<title>T</title><p id="a">A</p><p id="b">B</p>';
        const configs = [{ source: "#b" }, { source: "#a" }];
        const sources = await inject.callTypeHandler("html", "sources", $("a"), [configs, html, {}]);
        return sources?.map(($source) => $source[0]?.textContent);
      });
      expect(texts).toEqual(["B", "A", "T"]);
    });

    test("_performInjection does every action, with a template's content, for a detached trigger", async ({
      borrow,
    }) => {
      const results = await (await borrow("<main></main>")).evaluate(({ inject, $ }) => {
        const [main] = $("main");
        const trigger = document.createElement("a");
        return ["content", "contentbefore", "contentafter", "element", "elementbefore", "elementafter"].map(
          (action) => {
            if (main === undefined) return undefined;
            main.innerHTML = "<p><b></b></p>";
            const template = document.createElement("template");
            template.innerHTML = "<i></i>";
            const config = { url: "", source: "", defaultSelector: "", sourceMod: "content", action, $target: $("p") };
            for (const target of $("p")) inject._performInjection(target, $(trigger), $(template), config, trigger);
            return main.innerHTML;
          },
        );
      });
      expect(results).toEqual([
        "<p><i></i></p>",
        "<p><i></i><b></b></p>",
        "<p><b></b><i></i></p>",
        "<i></i>",
        "<i></i><p><b></b></p>",
        "<p><b></b></p><i></i>",
      ]);
    });

    test("what is injected is scanned for patterns, unless skipPatInjectHandler is set", async ({ borrow }) => {
      const scanned = await (await borrow('<p id="x"></p><p id="y"></p>')).evaluate(({ registry, inject, $ }) => {
        const seen: string[] = [];
        registry["probe"] = { trigger: "i", init: ([element]: Iterable<Element>) => seen.push(element?.id ?? "none") };
        const trigger = document.createElement("a");
        for (const target of $("p")) {
          const template = document.createElement("template");
          template.innerHTML = `<i id="in-${target.id}"></i>`;
          const skipPatInjectHandler = target.id === "y";
          const config = { url: "", defaultSelector: "", sourceMod: "content", action: "content", $target: $(target) };
          inject._performInjection(target, $(trigger), $(template), { ...config, skipPatInjectHandler }, trigger);
        }
        return seen;
      });
      expect(scanned).toEqual(["in-x"]);
    });
  });

  test.describe(`a fault of pat-inject in the bundle of ${host}:`, () => {
    test.use({ host });

    test("a missing target is appended to the body as a stray element", async ({ page, open, push }) => {
      push.snippet("/doc", '<p id="a"></p>');
      await (await open(link("source: #a; target: #missing"))).evaluate(({ execute }) => execute("a"));
      await expect(page.locator("body > div#missing")).toHaveCount(1);
    });

    test("an answer of 404 makes the user's next click reload the page", async ({ page, open, push, allow }) => {
      allow(/404|load error/);
      push.snippet("/doc", { status: 404 });
      await (await open(`${link("source: #a; target: #x")}<p id="x">Text</p>`)).evaluate(({ execute }) => execute("a"));
      await expect(page.locator("body")).toHaveAttribute("data-error-message", /404/);
      expect(navigations(page)).toBe(1);
      await page.locator("#x").click();
      await expect.poll(() => navigations(page)).toBe(2);
    });

    test("a target with is-dirty makes it ask the user", async ({ page, open, allow }) => {
      allow(/^dialog: confirm/);
      const api = await open(`${link("target: #x")}<p id="x" class="is-dirty"></p>`);
      await api.evaluate(({ execute }) => execute("a"));
      const dialogs = (await drainEvents(page)).filter(({ type }) => type === "dialog");
      expect(dialogs).toEqual([{ type: "dialog", text: expect.stringMatching(/^confirm: Are you sure/) }]);
    });

    test("a second execute while one is in flight is dropped", async ({ page, open, push }) => {
      const snippet = push.snippet("/doc", '<p id="a">new</p>').hold();
      const api = await open(`${link("source: #a; target: #x")}<p id="x"></p>`);
      await api.evaluate(({ execute }) => execute("a"));
      await api.evaluate(({ execute }) => execute("a"));
      snippet.release();
      await expect(page.locator("#x")).toHaveText("new");
      expect(push.requestsFor("/doc")).toHaveLength(1);
    });

    test("a missing source leaves its loading classes behind", async ({ page, open, push }) => {
      push.snippet("/doc", '<p id="other"></p>');
      await (await open(`${link("source: #a; target: #x")}<p id="x"></p>`)).evaluate(({ $, execute }) => {
        const missing = new Promise<void>((resolve) => $("a").on("pat-inject-missingSource", () => resolve()));
        execute("a");
        return missing;
      });
      await expect(page.locator("#x")).toHaveClass(/\binjecting\b/);
      await expect(page.locator("a")).toHaveClass(/\bexecuting\b/);
    });

    test("push-marker hears jQuery's event but not the browser's own", async ({ page, open, push }) => {
      push.snippet("/doc", '<p id="a">injected</p>');
      const api = await open(`${link("source: #a; target: #x; push-marker: counter")}<p id="x"></p>`);
      await page.evaluate(() => document.body.dispatchEvent(new CustomEvent("push", { detail: { body: "counter" } })));
      expect(push.requestsFor("/doc")).toHaveLength(0);
      await api.evaluate(({ $ }) => $("body").trigger("push", ["counter"]).length);
      await expect(page.locator("#x")).toHaveText("injected");
      expect(push.requestsFor("/doc")).toHaveLength(1);
    });
  });
}

test("pat-push hears the browser's own event but not jQuery's", async ({ page, open, push }) => {
  push.snippet("/count", "7");
  const api = await open('<p class="pat-push" data-pat-push="url: /count; push-id: counter"></p>');
  await api.evaluate(({ $ }) => $("body").trigger("push", ["counter"]).length);
  expect(push.requestsFor("/count")).toHaveLength(0);
  await page.evaluate(() => document.body.dispatchEvent(new CustomEvent("push", { detail: { body: "counter" } })));
  await expect(page.locator(".pat-push")).toHaveText("7");
  expect(push.requestsFor("/count")).toHaveLength(1);
});

test.describe("in the bundle of mockup", () => {
  test.use({ host: "mockup" });

  test("there is no pat-push", async ({ borrow }) => {
    expect(await (await borrow()).evaluate(({ registry }) => "push" in registry)).toBe(false);
  });
});
