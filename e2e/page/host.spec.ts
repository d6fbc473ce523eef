/**
 * The facts about the host's Patternslib that the library relies on, or keeps from its users, each asked of the real
 * bundles. When one of these fails with a new Patternslib, read `src/host.ts` and `src/inject.ts` before anything else.
 *
 * The library is not on these pages.
 */
import type { JSHandle } from "@playwright/test";
import { test as base, drainEvents, expect, hostReady, libraryPage, navigations } from "../support/fixture.ts";
import { type HostApi, hostApi } from "../support/host-api.ts";
import type { Host } from "../support/library-page.ts";

interface HostPage {
  /** Whose bundle is on the page. */
  readonly host: Host;
  /** Loads a page with the bundle and this body, and waits until it has been scanned. */
  readonly open: (body?: string) => Promise<JSHandle<HostApi>>;
}

const test = base.extend<HostPage>({
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

    test("the registry is filled and initialised", async ({ page, open }) => {
      const api = await open();
      const ready = await page.evaluate(() => Math.round(performance.now()));
      test.info().annotations.push({ type: "ready", description: `${ready} ms after navigation` });
      expect(await api.evaluate(({ registry }) => Object.keys(registry))).toContain("inject");
      expect(await page.evaluate(() => window.__patternslib_registry_initialized)).toBe(true);
    });

    test("jQuery is there once the script has run, the registry only later", async ({ page, push }) => {
      const head = "<script>seen = [typeof jQuery, typeof __patternslib_registry]</script>";
      await page.goto(push.page("/", libraryPage({ host, order: "late", head, bodyAttributes: "" })));
      expect(await page.evaluate(() => Reflect.get(window, "seen"))).toEqual(["function", "undefined"]);
      await hostReady(page);
    });

    test("a parser for other options can be made from pat-inject's, and inherits from ancestors", async ({ open }) => {
      const api = await open('<div data-pat-other="url: /other"><p data-pat-other="when: visible"></p></div>');
      const options = await api.evaluate(({ inject, $ }) => {
        const parser = new inject.parser.constructor("other");
        parser.addArgument("url", "/push");
        parser.addArgument("when", "now", ["now", "visible"]);
        return Array.from($("p"), (element) => parser.parse(element));
      });
      expect(options).toEqual([{ url: "/other", when: "visible" }]);
    });

    test("extractConfig and verifyConfig read every source, target and modifier", async ({ open }) => {
      const argument =
        "source: #a; target: #x && source: #b::element; target: #y::element::after && target: #z::before";
      const api = await open(`${link(argument)}<p id="x"></p><p id="y"></p><p id="z"></p>`);
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

    test("extractModifiers works on any object with a source and a target", async ({ open }) => {
      const config = await (await open()).evaluate(({ inject }) => {
        const config = { source: "#a::element", target: "#b::element" };
        inject.extractModifiers(config);
        return config;
      });
      expect(config).toEqual({ source: "#a", sourceMod: "element", target: "#b", action: "element" });
    });

    test("_parseRawHtml drops scripts and the head, and rebases addresses but not @@views", async ({ open, push }) => {
      const html = await (await open()).evaluate(({ inject }) => {
        const body = '<script>alert(1)</script><a href="b">b</a><a href="@@view">c</a>';
        return inject._parseRawHtml(`<head><meta name="m"></head><body>${body}</body>`, "/folder/doc")[0]?.innerHTML;
      });
      const links = `<a href="${push.url}/folder/b">b</a><a href="@@view">c</a>`;
      expect(html).toBe(`<div id="__original_body">${links}</div>`);
    });

    test("_sourcesFromHtml finds the source body only in a text that has one", async ({ open }) => {
      const found = await (await open()).evaluate(({ inject }) => {
        const count = (html: string) => inject._sourcesFromHtml(html, "/", ["body", "p", "#no"]).map(($) => $.length);
        return [count("<p>1</p>"), count("<body><p>1</p></body>")].join(" and ");
      });
      expect(found).toBe("0,1,0 and 1,1,0");
    });

    test("callTypeHandler answers with the sources in the configs' order, the title last", async ({ open }) => {
      const texts = await (await open("<a></a>")).evaluate(async ({ inject, $ }) => {
        const html = '<title>T</title><p id="a">A</p><p id="b">B</p>';
        const configs = [{ source: "#b" }, { source: "#a" }];
        const sources = await inject.callTypeHandler("html", "sources", $("a"), [configs, html, {}]);
        return sources?.map(($source) => $source[0]?.textContent);
      });
      expect(texts).toEqual(["B", "A", "T"]);
    });

    test("_performInjection does every action, with a template's content, for a detached trigger", async ({ open }) => {
      const results = await (await open("<main></main>")).evaluate(({ inject, $ }) => {
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

    test("what is injected is scanned for patterns, unless skipPatInjectHandler is set", async ({ open }) => {
      const scanned = await (await open('<p id="x"></p><p id="y"></p>')).evaluate(({ registry, inject, $ }) => {
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

  test("there is no pat-push", async ({ open }) => {
    expect(await (await open()).evaluate(({ registry }) => "push" in registry)).toBe(false);
  });
});
