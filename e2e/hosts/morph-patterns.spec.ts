/**
 * Every pattern of the two bundles that changes its element works after a morph as it does after an injection: what the
 * page looks like is compared, as it is and after each use.
 */
import type { Page } from "@playwright/test";
import { drainEvents, expect, nextEvent, test } from "../support/fixture.ts";
import { hostReady } from "../support/library-page.ts";
import { opened } from "../support/opened.ts";
import type { ChangingPattern } from "./changing-pattern.ts";
import { PATTERNS as MOCKUP } from "./patterns-of-mockup.ts";
import { PATTERNS as PATTERNSLIB } from "./patterns-of-patternslib.ts";
import { snapshot } from "./snapshot.ts";

/** Patterns without a row, by the reason why there is nothing to compare. */
const OTHERS: Readonly<Record<string, string>> = {
  "they listen, and send or follow something":
    "ajax autosubmit close-panel forward fullscreen-close push formunloadalert doclock structureupdater search",
  "they move the focus, or what is seen of the page": "autofocus formautofocus focus scroll",
  "they show and hide what is in one form of Plone's control panel":
    "discussion discussion-moderation contentrules contentrules-elements dexterity-types-listing",
  "they change what is there when its buttons are pressed, with what Plone answers":
    "discussion-comments manage-portlets",
  "it takes the whole page": "slides",
};

/** What Plone answers to the pattern `structure`: two items. */
const FOLDER = {
  total: 2,
  results: ["one", "two"].map((id) => ({
    ...{ UID: id, id, Title: id, path: `/${id}`, getURL: `/${id}`, portal_type: "Document" },
    ...{ is_folderish: false, review_state: "private", Subject: [], getIcon: "", getMimeIcon: "" },
  })),
};

const HOSTS = [
  { host: "patternslib", own: PATTERNSLIB, rows: PATTERNSLIB },
  { host: "mockup", own: MOCKUP, rows: [...MOCKUP, ...PATTERNSLIB] },
] as const;

for (const { host, own, rows } of HOSTS) {
  test(`after a morph every pattern of ${host} works as after an injection`, async ({ page, push, allow }) => {
    test.setTimeout(300_000);
    page.setDefaultTimeout(5_000);
    // Of the patterns themselves: what they load, and what they do a moment after their element has gone.
    allow(/Failed to load resource|Refused to apply style|Invalid URL|properties of null/);
    for (const name of ["own", "ownother"]) push.snippet(`/injected/${name}`, `<i><b>${name}</b></i>`);
    push.snippet("/livesearch", { headers: { "Content-Type": "application/json" }, body: '{"total": 0, "items": []}' });
    for (const path of ["/vocabulary", "/querystring"]) push.snippet(path, { body: '{"results": [], "indexes": {}}' });
    push.snippet("/structure", { headers: { "Content-Type": "application/json" }, body: JSON.stringify(FOLDER) });
    push.snippet("/context", {
      headers: { "Content-Type": "application/json" },
      body: '{"addButtons": [], "breadcrumbs": []}',
    });
    const head =
      '<link rel="canonical" href="/"><script>addEventListener("submit", (event) => event.preventDefault())</script>';
    const socket = await opened(page, push, { host, head });
    await hostReady(page);
    const bench = new Bench(page, (html) => socket.send({ html, inject: "target: #b" }));
    const names = await page.evaluate(() => Object.keys(window.__patternslib_registry ?? {}));
    const known = [...rows.map(({ pattern }) => pattern), ...Object.values(OTHERS).join(" ").split(" ")];
    expect(names.filter((name) => name !== "inject-async" && !known.includes(name))).toEqual([]);
    expect(own.filter(({ pattern }) => !names.includes(pattern))).toEqual([]);
    // Last: mockup's structure writes over a function of Patternslib's core, and other patterns cannot be destroyed after it.
    const [last, others] = [rows.filter(isStructure), rows.filter((row) => !isStructure(row))];
    const there = [...others, ...last].filter(({ pattern }) => names.includes(pattern));
    for (const row of there) await test.step(row.pattern, () => compare(bench, row));
  });
}

function isStructure({ pattern }: { readonly pattern: string }): boolean {
  return pattern === "structure";
}

/** A target on a page, for one pattern after the other. */
class Bench {
  readonly #page: Page;
  readonly #send: (html: string) => void;

  constructor(page: Page, send: (html: string) => void) {
    this.#page = page;
    this.#send = send;
  }

  get page(): Page {
    return this.#page;
  }

  /** An empty target, and nothing else. */
  async clear(options: string): Promise<void> {
    await this.#page.mouse.move(0, 0);
    await this.#page.evaluate((options) => {
      for (const child of [...document.body.children]) if (!child.matches("script, #push-fence")) child.remove();
      const main = document.createElement("main");
      main.innerHTML = `<div id="b" data-pat-inject-async="${options}"></div>`;
      document.body.prepend(main);
    }, options);
    await drainEvents(this.#page);
  }

  /** Returns what the page looks like once it is in place. */
  async put(row: ChangingPattern, html: string): Promise<string> {
    this.#send(html);
    await nextEvent(this.#page, "pat-inject-async-injected");
    await row.ready?.(this.#page);
    return snapshot(this.#page);
  }

  /** Returns what the page looks like once the user has used it and left. */
  async use(row: ChangingPattern): Promise<string> {
    await row.use?.(this.#page);
    await this.#page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    return snapshot(this.#page);
  }
}

const content = ({ html }: ChangingPattern, beside: string, own = "own") => `<p>${beside}</p><div>${html(own)}</div>`;

async function compare(bench: Bench, row: ChangingPattern): Promise<void> {
  const { pattern } = row;
  // Once beforehand: patterns load what they need when they are first needed.
  await bench.clear("swap: inject");
  await bench.put(row, content(row, "new"));
  await bench.use(row);
  await expect(bench.page.locator(row.made).first(), `${pattern}: made`).toBeAttached();
  await bench.clear("swap: inject");
  const injected = await bench.put(row, content(row, "new"));
  const used = await bench.use(row);
  if (row.use) expect(used, `${pattern}: a use that shows`).not.toBe(injected);
  const usedAgain = await bench.use(row);
  for (const [what, before, again] of [
    ["the same", content(row, "new"), "new"],
    ["another text beside it", content(row, "old"), "newer"],
    ["another text in it", content(row, "old", "ownother"), undefined],
  ] as const) {
    await bench.clear("swap: morph");
    await bench.put(row, before);
    expect(await bench.put(row, content(row, "new")), `${pattern}: ${what}`).toBe(injected);
    expect(await bench.use(row), `${pattern}: ${what}, used`).toBe(used);
    if (again === undefined || !row.use) continue;
    await bench.put(row, content(row, again));
    expect(await bench.use(row), `${pattern}: ${what}, used before and after`).toBe(
      usedAgain.replace("new\n", `${again}\n`),
    );
  }
}
