/**
 * What was sent, and what has become of it: each insertion must be on the page exactly once and in order, each replaced
 * target must have gone through its messages without ever going back, and must show the last one.
 */
import type { Page } from "@playwright/test";

declare global {
  interface Window {
    /** Gaps that the library has reported. */
    gaps: number;
    /** What each box has shown, in order. */
    shown: Record<string, number[]>;
  }
}

/** How many targets of each kind the page has. */
export const TARGETS = 10;

export interface Sent {
  /** Counted from 1: the content says it. */
  readonly n: number;
  readonly target: string;
  readonly replaces: boolean;
}

export interface Tally {
  readonly sent: number;
  /** Insertions on the page, and replacements that were shown at some time. */
  readonly applied: number;
  /** Replacements that a newer one for their target made needless before they were shown. */
  readonly overtaken: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly lost: number;
  readonly gaps: number;
}

/** The body of the page: lists that grow, boxes whose content is replaced, and a script that notes what they show. */
export function ledgerPage(): string {
  const each = (html: (n: number) => string) => Array.from({ length: TARGETS }, (_, n) => html(n)).join("\n");
  return `${each((n) => `<ul id="list-${n}"></ul>`)}
${each((n) => `<div id="box-${n}"></div>`)}
<script>
  window.gaps = 0;
  window.shown = {};
  document.addEventListener("pat-inject-async-gap", () => window.gaps++);
  document.addEventListener("pat-inject-async-injected", ({ target }) => {
    if (target.id.startsWith("box-")) (window.shown[target.id] ??= []).push(Number(target.firstElementChild.dataset.n));
  });
</script>`;
}

/** What a message puts on the page. */
export function content({ n, replaces }: Sent): string {
  return replaces ? `<b data-n="${n}">${n}</b>` : `<li data-n="${n}">${n}</li>`;
}

/** Wait until everything has arrived, or nothing more will. Never throws: what is missing, the tally says. */
export async function settle(page: Page, sent: readonly Sent[], timeout: number): Promise<void> {
  const expected = [...lastOf(sent)];
  const insertions = sent.filter(({ replaces }) => !replaces).length;
  await page
    .waitForFunction(
      ([count, last]) =>
        document.querySelectorAll("li").length >= count &&
        last.every(([id, n]) => document.querySelector<HTMLElement>(`#${id} > b`)?.dataset["n"] === String(n)),
      [insertions, expected] as const,
      { timeout },
    )
    .catch(() => {});
}

export async function tally(page: Page, sent: readonly Sent[]): Promise<Tally> {
  const { lists, shown, gaps } = await page.evaluate(() => ({
    lists: Object.fromEntries(
      [...document.querySelectorAll("ul")].map((list) => [
        list.id,
        [...list.querySelectorAll("li")].map((item) => Number(item.dataset["n"])),
      ]),
    ),
    shown: window.shown,
    gaps: window.gaps,
  }));
  const sequences = Object.values({ ...lists, ...shown });
  const inserted = new Set(Object.values(lists).flat());
  const displayed = new Set(Object.values(shown).flat());
  const last = lastOf(sent);
  const insertions = sent.filter(({ replaces }) => !replaces);
  const replacements = sent.filter(({ replaces }) => replaces);
  return {
    sent: sent.length,
    applied: inserted.size + displayed.size,
    overtaken: replacements.filter(({ n, target }) => !displayed.has(n) && n !== last.get(target)).length,
    duplicates: sequences.reduce((sum, sequence) => sum + sequence.length - new Set(sequence).size, 0),
    outOfOrder: sequences.reduce((sum, sequence) => sum + descents(sequence), 0),
    lost:
      insertions.filter(({ n }) => !inserted.has(n)).length +
      [...last].filter(([target, n]) => shown[target]?.at(-1) !== n).length,
    gaps,
  };
}

function lastOf(sent: readonly Sent[]): Map<string, number> {
  return new Map(sent.filter(({ replaces }) => replaces).map(({ n, target }) => [target, n]));
}

function descents(sequence: readonly number[]): number {
  return sequence.filter((n, index) => n < (sequence[index - 1] ?? 0)).length;
}
