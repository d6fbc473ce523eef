/** axe-core in a page: WCAG 2.2 AA and its best practices, and of contrast what it leaves undecided. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type axe from "axe-core";
import { tooFaint } from "./contrast.ts";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** The rules that may have another answer in another colour scheme. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** One line for each element that violates a rule: of all rules, or only of those about colours. */
export async function violations(page: Page, which: "all" | "colours" = "all"): Promise<string[]> {
  // What fades in has another contrast meanwhile; what spins never ends.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((animation) => {
      return animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY;
    });
    return Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
  });
  // As a script of the page it would be refused by the policy of the site.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const rules =
    which === "all" ? ({ type: "tag", values: RULES } as const) : ({ type: "rule", values: OF_COLOURS } as const);
  const found = await page.evaluate(
    ({ type, values }) =>
      window.axe.run({ runOnly: { type, values: [...values] }, resultTypes: ["violations", "incomplete"] }),
    rules,
  );
  const undecided = found.incomplete
    .filter(({ id }) => id === "color-contrast")
    .flatMap(({ nodes }) => nodes.map(({ target }) => target.join(" ")));
  const violated = found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
  return [...violated, ...(await tooFaint(page, undecided))];
}
