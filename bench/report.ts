/** A scenario's table, in Markdown. Knows nothing of how the figures were found. */
import { cpus } from "node:os";
import type { Column } from "./columns.ts";
import type { Figures } from "./figures.ts";
import { format, markdownTable } from "./markdown.ts";
import type { Role } from "./rows.ts";
import type { Scenario } from "./scenarios.ts";

/** The figures of a row, one for each plan, or why it has none. */
export type Outcome = readonly Figures[] | string;

export interface Line {
  readonly name: string;
  readonly title: string;
  readonly role: Role;
  readonly outcome: Outcome;
}

export function machine(chromium: string): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))];
  return `${cpus().length} × ${models.join(", ")}; Node ${process.versions.node}; Chromium ${chromium}`;
}

/** @param messages as in the title. */
export function table(scenario: Scenario, messages: number, lines: readonly Line[]): string {
  const { columns } = scenario;
  const reference = referenceIn(lines);
  const footnotes: string[] = [];
  const header = ["", ...columns.flatMap(({ title, hasRatio }) => (hasRatio ? [title, "× raw SockJS"] : [title]))];
  const body = lines.map(({ title, outcome }) => {
    if (typeof outcome !== "string") return [title, ...columns.flatMap((column) => cells(column, outcome, reference))];
    footnotes.push(outcome);
    return [`${title} [${footnotes.length}]`, ...header.slice(1).map(() => "–")];
  });
  const notes = footnotes.map((footnote, index) => `[${index + 1}] ${footnote}`);
  return [`### ${scenario.title(messages)}`, markdownTable(header, body, "numbers"), ...notes].join("\n\n");
}

/** Raw SockJS by hand, which everything is compared with. */
export function referenceIn(lines: readonly Line[]): Line | undefined {
  return lines.find(({ name }) => name === "raw-sockjs");
}

/** Undefined when the row has not been measured, or its figures do not tell. */
export function valueIn(column: Column, line: Line | undefined): number | undefined {
  return line === undefined || typeof line.outcome === "string" ? undefined : column.value(line.outcome);
}

function cells(column: Column, figures: readonly Figures[], reference: Line | undefined): string[] {
  const value = column.value(figures);
  const cell = value === undefined ? "–" : format(value, column.digits);
  if (!column.hasRatio) return [cell];
  const base = valueIn(column, reference);
  return [cell, value === undefined || !base ? "–" : format(value / base, 2)];
}
