/** The tables, in Markdown. Knows nothing of how the figures were found. */
import { cpus } from "node:os";
import type { Figures } from "./measure.ts";
import type { Column, Scenario } from "./scenarios.ts";

/** What a row came to: its figures, one for each plan, or why it has none. */
export type Outcome = readonly Figures[] | string;

export interface Line {
  readonly name: string;
  readonly title: string;
  readonly outcome: Outcome;
}

const REFERENCE = "raw-sockjs";

export function machine(chromium: string): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))];
  return `${cpus().length} × ${models.join(", ")}; Node ${process.versions.node}; Chromium ${chromium}`;
}

/** @param messages as in the title. */
export function table(scenario: Scenario, messages: number, lines: readonly Line[]): string {
  const columns: readonly Column[] = scenario.columns;
  const reference = lines.find(({ name }) => name === REFERENCE)?.outcome;
  const footnotes: string[] = [];
  const header = ["", ...columns.flatMap(({ title, hasRatio }) => (hasRatio ? [title, "× raw SockJS"] : [title]))];
  const body = lines.map(({ title, outcome }) => {
    if (typeof outcome !== "string") return [title, ...columns.flatMap((column) => cells(column, outcome, reference))];
    footnotes.push(outcome);
    return [`${title} [${footnotes.length}]`, ...header.slice(1).map(() => "–")];
  });
  const align = header.map((_, index) => (index === 0 ? "---" : "--:"));
  const notes = footnotes.map((footnote, index) => `[${index + 1}] ${footnote}`);
  return [
    `### ${scenario.title(messages)}`,
    [header, align, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n"),
    ...notes,
  ].join("\n\n");
}

function cells(column: Column, figures: readonly Figures[], reference: Outcome | undefined): string[] {
  const value = column.value(figures);
  const cell = value === undefined ? "–" : format(value, column.digits);
  if (!column.hasRatio) return [cell];
  const base = typeof reference === "string" || !reference ? undefined : column.value(reference);
  return [cell, value === undefined || !base ? "–" : format(value / base, 2)];
}

function format(value: number, digits = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
