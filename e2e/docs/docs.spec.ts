/** The HTML, XML and CSS of the documents, as a browser and the library read them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, hostReady, libraryPage, test } from "../support/fixture.ts";
import { ROOT } from "../support/packed.ts";
import { blocksOf } from "./blocks.ts";
import { showStates, TARGETS } from "./states.ts";

test("HTML says what the library understands, and waits for what it says it waits for", async ({
  page,
  push,
  allow,
}) => {
  // Scripts and images of the documents are nowhere.
  allow(/status of 404|Failed to load|Refused to execute|ERR_/);
  await page.route(/^https:/, (route) => route.abort());
  await page.routeWebSocket(/example\.org/, (socket) => socket.close());
  const lines: string[] = [];
  page.on("console", (line) => line.type() === "warning" && lines.push(line.text()));
  for (const { place, text } of blocksOf("html")) {
    await test.step(place, async () => {
      const [, bodyAttributes = "", inside = text.replace(/<body[^>]*>/, "")] =
        /<body([^>]*)>([\s\S]*?)(?:<\/body>|$)/.exec(text) ?? [];
      const attributes = bodyAttributes || 'class="pat-inject-async"';
      await page.goto(push.page("/", libraryPage({ body: inside, bodyAttributes: attributes })));
      await hostReady(page);
      await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", "open");
      const own = page.locator("body .pat-inject-async");
      for (const element of await own.all()) await expect(element).toHaveAttribute("data-inject-async-state", "open");
    });
  }
  // What the documents wait for is not there, and that is told too.
  expect(lines.filter((line) => /not initialised|is used|left out|is not used|illegal/i.test(line))).toEqual([]);
});

test("XML is well-formed, CSS has no rule and no declaration that is dropped", async ({ page }) => {
  for (const { place, text } of blocksOf("xml")) {
    const error = await page.evaluate(
      (xml) => new DOMParser().parseFromString(xml, "application/xml").querySelector("parsererror")?.textContent ?? "",
      text,
    );
    expect(error, place).toBe("");
  }
  for (const { place, text } of blocksOf("css")) {
    const [declared, kept] = await page.evaluate((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      const count = (rules: CSSRuleList): number =>
        [...rules].reduce((sum, rule) => {
          const own =
            "style" in rule && rule.style instanceof CSSStyleDeclaration ? rule.cssText.split(";").length - 1 : 0;
          return (
            sum +
            ("cssRules" in rule && rule.cssRules instanceof CSSRuleList && rule.cssRules.length > 0
              ? count(rule.cssRules)
              : own)
          );
        }, 0);
      return [css.split(";").length - 1, count(sheet.cssRules)];
    }, text);
    expect(kept, place).toBe(declared);
  }
});

test("the states in the designers' table are those of a page, and its rules apply to them", async ({
  page,
  push,
  allow,
}) => {
  allow(/status of (500|503|401)|WebSocket/);
  const rows = await statesOf("docs/designers.md");
  const css = blocksOf("css")
    .filter(({ place }) => place.startsWith("docs/designers.md"))
    .map(({ text }) => text)
    .join("\n");
  await showStates(page, push, css);
  const selectors = rows.flatMap(({ selector = "" }) => (selector.startsWith("body") ? [] : selector)).filter(Boolean);
  for (const [state, id] of Object.entries(TARGETS)) {
    const row = rows.find((row) => row.state === state);
    expect(row, state).toBeDefined();
    const element = page.locator(`#${id}`);
    const matching = await Promise.all(
      selectors.map((selector) => element.evaluate((it, selector) => it.matches(selector), selector)),
    );
    expect(
      selectors.filter((_, index) => matching[index]),
      state,
    ).toEqual(row?.selector === undefined ? [] : [row.selector]);
  }
  const notice = rows.find(({ state }) => state === "the notice in it")?.selector ?? "";
  for (const id of [TARGETS["could not be loaded"], TARGETS["is used by the user, and newer content waits"]]) {
    await expect(page.locator(`#${id} ${notice}`)).toBeVisible();
    await expect(page.locator(`#${id} ${notice}`)).toHaveCSS("display", "block");
    await expect(page.locator(`#${id}`)).not.toHaveCSS("outline-style", "none");
    await expect(page.locator(`#${id} ${notice}`)).toHaveCSS("outline-style", "none");
  }
  await expect(page.locator("#waits")).toHaveCSS("animation-name", "inject-async-waits");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect(page.locator("#waits")).toHaveCSS("animation-name", "none");

  const ofConnection = rows.flatMap(({ selector = "" }) => (selector.startsWith("body") ? selector : []));
  expect(ofConnection).toHaveLength(3);
  const [open = "", waiting = "", stopped = ""] = ofConnection;
  await expect(page.locator(open)).toBeAttached();
  push.snippet("/push/info", { status: 503, body: "" });
  push.sockets.at(-1)?.drop();
  await expect(page.locator(waiting)).toBeAttached();
  push.snippet("/push/info", { status: 401, body: "" });
  await expect(page.locator(stopped)).toBeAttached();
});

interface Row {
  readonly state: string;
  /** None where nothing is on the element. */
  readonly selector: string | undefined;
}

/** The rows of the table whose first column is the state. */
async function statesOf(document: string): Promise<readonly Row[]> {
  const text = await readFile(join(ROOT, document), "utf8");
  const table = /^\| state \|.*\n\| ---.*\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? "";
  return table
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, state = "", selector = ""]) => ({ state, selector: /^`(.*)`$/.exec(selector)?.[1] }));
}
