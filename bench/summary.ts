/** The table of all results of one run, in Markdown, as README.md has it. Knows nothing of how the figures were found. */
import type { Headline } from "./columns.ts";
import { format, markdownTable } from "./markdown.ts";
import { type Line, referenceIn, valueIn } from "./report.ts";
import { ROWS } from "./rows.ts";
import type { Scenario } from "./scenarios.ts";

/** What a scenario has come to. */
export interface Result {
  readonly name: string;
  readonly scenario: Scenario;
  readonly lines: readonly Line[];
}

export function summary(command: string, machine: string, results: readonly Result[]): string {
  const hasBefore = results.some(({ lines }) => lines.some(({ role }) => role === "before"));
  const header = ["scenario", "pat-inject-async", ...(hasBefore ? ["before", "change"] : []), "the best peer", "goal"];
  const body = results.map((result) => {
    const { name, lines } = result;
    const ours = lines.find(({ role }) => role === "library");
    const before = lines.find(({ role }) => role === "before");
    const comparison = hasBefore ? [told(result, before), change(result, ours, before)] : [];
    return [`\`${name}\``, told(result, ours), ...comparison, bestPeer(result), goals(result, ours)];
  });
  const intro = `One run of \`${command}\` on ${machine}. Wall and CPU without a unit are ratios to raw SockJS by hand.`;
  return ["## Results", intro, markdownTable(header, body, "text")].join("\n\n");
}

/** All headlines of a row, e.g. `wall 1.31, CPU 1.37`. */
function told({ scenario, lines }: Result, line: Line | undefined): string {
  const texts = scenario.headlines.flatMap((headline) => {
    const value = shown(headline, line, lines);
    return value === undefined ? [] : [`${headline.title} ${format(value, digitsOf(headline))}${unitOf(headline)}`];
  });
  return texts.join(", ") || "–";
}

/** By the first headline. */
function bestPeer(result: Result): string {
  const [first] = result.scenario.headlines;
  const peers = result.lines.flatMap((line) => {
    const value = first && line.role === "peer" ? valueIn(first.column, line) : undefined;
    return value === undefined ? [] : [{ line, value }];
  });
  const [best] = peers.toSorted((one, other) => one.value - other.value);
  return best ? `${best.line.title}: ${told(result, best.line)}` : "–";
}

/** By how much the headlines' columns differ from the build before. */
function change({ scenario }: Result, ours: Line | undefined, before: Line | undefined): string {
  const texts = scenario.headlines.flatMap(({ title, column, comparison }) => {
    const now = valueIn(column, ours);
    const then = valueIn(column, before);
    if (comparison === "difference" || now === undefined || !then) return [];
    const percent = Math.round((now / then - 1) * 100);
    return [`${title} ${percent < 0 ? "−" : "+"}${Math.abs(percent)} %`];
  });
  return texts.join(", ") || "–";
}

function goals({ scenario, lines }: Result, ours: Line | undefined): string {
  const { headlines, notBehind } = scenario;
  const goals = headlines.flatMap((headline) => {
    const { title, atMost } = headline;
    if (atMost === undefined) return [];
    return [
      `${title} ≤ ${atMost.toLocaleString("en")}${unitOf(headline)}: ${verdict(shown(headline, ours, lines), atMost)}`,
    ];
  });
  if (notBehind === undefined) return goals.join(", ") || "–";
  const rival = lines.find(({ name }) => name === notBehind);
  const verdicts = headlines
    .filter(({ atMost }) => atMost !== undefined)
    .map((headline) => verdict(shown(headline, ours, lines), shown(headline, rival, lines)));
  const [worst] = (["not measured", "missed", "reached"] as const).filter((known) => verdicts.includes(known));
  return [...goals, `not behind ${ROWS[notBehind].title}: ${worst}`].join(", ");
}

function verdict(value: number | undefined, atMost: number | undefined): "reached" | "missed" | "not measured" {
  if (value === undefined || atMost === undefined) return "not measured";
  return value <= atMost ? "reached" : "missed";
}

/** Rounded to what the table shows, so that its verdicts can be checked by reading it. */
function shown(headline: Headline, line: Line | undefined, lines: readonly Line[]): number | undefined {
  const { column, comparison } = headline;
  const value = valueIn(column, line);
  if (value === undefined || comparison === undefined) return value && round(value, headline);
  const reference = valueIn(column, referenceIn(lines));
  if (!reference) return undefined;
  return round(comparison === "ratio" ? value / reference : value - reference, headline);
}

function round(value: number, headline: Headline): number {
  return Number(value.toFixed(digitsOf(headline)));
}

function digitsOf({ column, comparison }: Headline): number {
  return comparison === "ratio" ? 2 : (column.digits ?? 0);
}

function unitOf({ unit }: Headline): string {
  return unit === undefined ? "" : ` ${unit}`;
}
