/** Which figures a scenario tells, and what its goals are. Knows nothing of how they are shown. */
import type { Figures } from "./figures.ts";

/** A column of a scenario's table. */
export interface Column {
  readonly title: string;
  /** @param figures one for each plan. Undefined is shown as a dash. */
  readonly value: (figures: readonly Figures[]) => number | undefined;
  /** After the decimal point. */
  readonly digits?: number;
  /** Whether a column follows with the ratio to raw SockJS by hand. */
  readonly hasRatio?: boolean;
}

/** What the table of all results tells of a column. Less is better, always. */
export interface Headline {
  readonly title: string;
  readonly column: Column;
  /** To what raw SockJS by hand shows; by default the column's own value is told. */
  readonly comparison?: "ratio" | "difference";
  readonly unit?: string;
  /** The library's goal. Without one the figure is only told. */
  readonly atMost?: number | undefined;
}

export const WALL: Column = { title: "wall ms", value: first(({ wall }) => wall), hasRatio: true };
export const CPU: Column = { title: "CPU ms", value: first(({ cpu }) => cpu), hasRatio: true };
export const CPU_PER_MESSAGE = cpuPerMessage("CPU ms a message", 0);
export const LATENCY: Column = { title: "latency ms", value: first(({ round }) => round), digits: 1, hasRatio: true };
export const VISIBLE: Column = { title: "visible ones ms", value: first(({ urgent }) => urgent), hasRatio: true };
export const LONGEST_TASK: Column = { title: "longest task ms", value: first(({ longest }) => longest || undefined) };
export const REQUESTS: Column = { title: "requests", value: first(({ requests }) => requests) };
export const HEAP: Column = { title: "heap growth kB", value: first(({ scripts }) => scripts / 1_000) };
export const DOM: Column = { title: "DOM growth kB", value: first(({ dom }) => dom / 1_000) };

/** From the first plan to the second. */
export const GROWTH: Column = {
  title: "growth",
  value: ([small, large]) => small && large && perMessage(large) / perMessage(small),
  digits: 2,
};

/** @param plan index of the plan that the column is about. */
export function cpuPerMessage(title: string, plan: number): Column {
  return { title, value: ({ [plan]: figures }) => figures && perMessage(figures), digits: 2, hasRatio: true };
}

export function wallRatio(atMost?: number): Headline {
  return { title: "wall", column: WALL, comparison: "ratio", atMost };
}

export function cpuRatio(atMost?: number): Headline {
  return { title: "CPU", column: CPU, comparison: "ratio", atMost };
}

function first(value: (figures: Figures) => number | undefined): Column["value"] {
  return ([figures]) => figures && value(figures);
}

function perMessage({ cpu, messages }: Figures): number {
  return cpu / messages;
}
