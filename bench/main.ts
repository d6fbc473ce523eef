/**
 * `npm run bench`: measures the library and its peers, and writes one table for each scenario to standard output.
 *
 * The rows take turns within a repeat, so that a machine that gets slower or faster does so for all of them.
 */
import { chromium } from "@playwright/test";
import { chromiumLaunchOptions } from "../e2e/support/chromium.ts";
import { type Arguments, readArguments, UsageError } from "./arguments.ts";
import { type Figures, measure, median } from "./measure.ts";
import { type Line, machine, type Outcome, table } from "./report.ts";
import { ROWS, type Row, type RowName } from "./rows.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { BenchServer } from "./server.ts";

try {
  await main(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(options: Arguments): Promise<void> {
  const server = new BenchServer();
  await server.listen();
  try {
    process.stdout.write(`${machine(await chromiumVersion())}\n`);
    for (const name of options.scenarios) {
      const scenario: Scenario = SCENARIOS[name];
      const messages = options.messages ?? scenario.messages;
      process.stdout.write(`\n${table(scenario, messages, await lines(server, name, scenario, options))}\n`);
    }
    if (options.profile !== undefined) await profile(server, options, options.profile);
  } finally {
    await server.close();
  }
}

/** One more run, so that the figures do not suffer: of the library, in the first scenario, on its largest page. */
async function profile(server: BenchServer, options: Arguments, file: string): Promise<void> {
  const [name = "a"] = options.scenarios;
  const scenario: Scenario = SCENARIOS[name];
  const [row = "ours"] = scenario.rows;
  const plan = scenario.plans(options.messages ?? scenario.messages).at(-1);
  if (plan) await measure(server, ROWS[row], plan, file);
  progress(`(${name}) profile of ${row} in ${file}`);
}

async function lines(server: BenchServer, name: string, scenario: Scenario, options: Arguments): Promise<Line[]> {
  const rows = scenario.rows.filter((row) => options.rows?.includes(row) ?? true);
  const plans = scenario.plans(options.messages ?? scenario.messages);
  const repeats = options.repeats ?? scenario.repeats;
  const runs = new Map<RowName, Figures[][]>(rows.map((row) => [row, []]));
  const failures = new Map<RowName, string>();
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const rowName of rows) {
      const row: Row = ROWS[rowName];
      const lack = row.lacks?.[scenario.kind];
      if (lack !== undefined) failures.set(rowName, lack);
      if (failures.has(rowName)) continue;
      try {
        const figures: Figures[] = [];
        for (const plan of plans) figures.push(await measure(server, row, plan));
        runs.get(rowName)?.push(figures);
        const told = figures.map(({ wall, cpu }) => `${wall.toFixed(1)} ms, CPU ${cpu.toFixed(0)} ms`).join("; ");
        progress(`(${name}) ${repeat}/${repeats} ${rowName}: ${told}`);
      } catch (error) {
        failures.set(rowName, error instanceof Error ? error.message : String(error));
        progress(`(${name}) ${repeat}/${repeats} ${rowName}: ${failures.get(rowName)}`);
      }
    }
  }
  return rows.map((rowName) => {
    const outcome: Outcome = failures.get(rowName) ?? plans.map((_, plan) => summary(runs.get(rowName) ?? [], plan));
    return { name: rowName, title: ROWS[rowName].title, outcome };
  });
}

/** Of each figure the median of the repeats; of the longest task the worst, as a median would hide it. */
function summary(runs: readonly (readonly Figures[])[], plan: number): Figures {
  const figures = runs.flatMap((run) => run[plan] ?? []);
  const middle = (value: (figures: Figures) => number) => median(figures.map(value));
  return {
    wall: middle(({ wall }) => wall),
    round: middle(({ round }) => round),
    urgent: middle(({ urgent }) => urgent),
    cpu: middle(({ cpu }) => cpu),
    longest: Math.max(...figures.map(({ longest }) => longest)),
    requests: middle(({ requests }) => requests),
    scripts: middle(({ scripts }) => scripts),
    dom: middle(({ dom }) => dom),
    messages: middle(({ messages }) => messages),
  };
}

async function chromiumVersion(): Promise<string> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  const version = browser.version();
  await browser.close();
  return version;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
