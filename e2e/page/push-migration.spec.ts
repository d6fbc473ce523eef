/** The markup of docs/migration.md, driven by our connection alone, on the bundles of Patternslib and of Plone. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { expect, hostReady, libraryPage, test } from "../support/fixture.ts";
import { ROOT } from "../support/packed.ts";

const migration = await readFile(new URL("../../docs/migration.md", import.meta.url), "utf8");
const AFTER = /After:\s+```html\n<body [^>]*>\n([\s\S]*?)<\/body>\n```/.exec(migration)?.[1] ?? "";

/** pat-push as a theme brings it along, with the page's jQuery: Plone's own bundle has none. */
async function patPush(): Promise<string> {
  const entry = join(ROOT, "node_modules/@patternslib/patternslib/src/pat/push/push.js");
  const built = await build({
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      lib: { entry, formats: ["iife"], name: "theme" },
      rolldownOptions: { external: "jquery", output: { globals: { jquery: "jQuery" } } },
    },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("expected a script, found none");
  return output.output[0].code;
}

for (const host of ["patternslib", "mockup"] as const) {
  test(`pat-push elements of every kind and push-marker work without a broker, on the bundle of ${host}`, async ({
    page,
    push,
  }) => {
    const json = { "Content-Type": "application/json" };
    push.snippet("/message-counter", "2");
    push.snippet("/new-messages", "<li>New</li>");
    push.snippet("/search", '<body><div id="results">Found</div></body>');
    push.snippet("/list", '<body><div id="list">Fresh</div></body>');
    push.snippet("/notifications.json", { headers: json, body: '[{"title": "You have mail"}]' });
    await page.addInitScript(() => {
      const shown: string[] = [];
      Reflect.set(window, "shown", shown);
      class Notification extends EventTarget {
        static readonly permission = "granted";
        constructor(title: string) {
          super();
          shown.push(title);
        }
      }
      Reflect.set(window, "Notification", Notification);
    });
    await page.goto(push.page("/", libraryPage({ host, body: AFTER })));
    await hostReady(page);
    if (host === "mockup") await page.addScriptTag({ content: await patPush() });
    const socket = await push.nextSocket();
    for (const times of [1, 2]) {
      for (const marker of [
        "message_counter",
        "message_incoming",
        "search_changed",
        "notify",
        "list_changed",
        "other",
      ]) {
        push.broadcast({ type: "push", marker });
      }
      await expect(page.locator(".pat-push").first()).toHaveText("2");
      await expect(page.locator("ul li")).toHaveText(["Old", ...Array(times).fill("New")]);
      await expect(page.locator("#results")).toHaveText("Found");
      await expect(page.locator("#list")).toHaveText("Fresh");
      await expect.poll(() => page.evaluate("shown")).toEqual(Array(times).fill("You have mail"));
      await push.settled(page);
      const asked = ["/message-counter", "/new-messages", "/search", "/list", "/notifications.json"];
      expect(asked.map((path) => push.requestsFor(path).length)).toEqual(asked.map(() => times));
    }
    expect(push.requestsFor("/search")[0]?.url).toMatch(/^\/search\?q=plone\b/);

    await test.step("a marker that came while the connection was away is not lost", async () => {
      socket.drop();
      push.snippet("/message-counter", "3");
      push.broadcast({ type: "push", marker: "message_counter" });
      await expect(page.locator(".pat-push").first()).toHaveText("3");
    });
  });
}
