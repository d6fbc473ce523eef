/**
 * `npm run bench`: measures the library and its peers, and writes one table for each scenario, and one of all results,
 * to standard output.
 *
 * The rows take turns within a repeat, so that a machine that gets slower or faster does so for all of them.
 */
import { chromium } from "@playwright/test";
import { chromiumLaunchOptions } from "../e2e/support/chromium.ts";
import { type Arguments, readArguments, UsageError } from "./arguments.ts";
import { type Figures, middle } from "./figures.ts";
import { measure } from "./measure.ts";
import { type Line, machine, table } from "./report.ts";
import { BUILD_BEFORE, ROWS, type Row, type RowName } from "./rows.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { BenchServer } from "./server.ts";
import { type Result, summary } from "./summary.ts";

try {
  await main(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(options: Arguments): Promise<void> {
  const { against } = options;
  const server = new BenchServer(against === undefined ? undefined : { path: BUILD_BEFORE, file: against });
  await server.listen();
  try {
    const where = machine(await chromiumVersion());
    const results: Result[] = [];
    for (const name of options.scenarios) {
      const scenario: Scenario = SCENARIOS[name];
      const result = { name, scenario, lines: await lines(server, name, scenario, options) };
      results.push(result);
      process.stdout.write(`${table(scenario, options.messages ?? scenario.messages, result.lines)}\n\n`);
    }
    process.stdout.write(`${summary(options.command, where, results)}\n`);
    if (options.profile !== undefined) await profile(server, options, options.profile);
  } finally {
    await server.close();
  }
}

/** One more run, so that the figures do not suffer: of the first row, in the first scenario, on its largest page. */
async function profile(server: BenchServer, options: Arguments, file: string): Promise<void> {
  const [name = "a"] = options.scenarios;
  const scenario: Scenario = SCENARIOS[name];
  const [row = "ours"] = chosenRows(scenario, options);
  const plan = scenario.plans(options.messages ?? scenario.messages).at(-1);
  if (plan) await measure(server, ROWS[row], plan, file);
  progress(`(${name}) profile of ${row} in ${file}`);
}

/** Rows of the build before come with it, whatever rows were asked for. */
function chosenRows({ rows }: Scenario, options: Arguments): RowName[] {
  return rows.filter((row) =>
    ROWS[row].role === "before" ? options.against !== undefined : (options.rows?.includes(row) ?? true),
  );
}

async function lines(server: BenchServer, name: string, scenario: Scenario, options: Arguments): Promise<Line[]> {
  const rows = chosenRows(scenario, options);
  const plans = scenario.plans(options.messages ?? scenario.messages);
  const repeats = options.repeats ?? scenario.repeats;
  const runs = new Map<RowName, Figures[][]>(rows.map((row) => [row, []]));
  const failures = new Map<RowName, string>();
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const rowName of rows) {
      const row: Row = ROWS[rowName];
      const [unsupported] = plans.flatMap(({ shape }) => row.unsupported?.[shape.kind] ?? []);
      if (unsupported !== undefined) failures.set(rowName, unsupported);
      if (failures.has(rowName)) continue;
      try {
        const figures: Figures[] = [];
        for (const plan of plans) figures.push(await measure(server, row, plan));
        runs.get(rowName)?.push(figures);
        const measured = figures.map(({ wall, cpu }) => `${wall.toFixed(1)} ms, CPU ${cpu.toFixed(0)} ms`).join("; ");
        progress(`(${name}) ${repeat}/${repeats} ${rowName}: ${measured}`);
      } catch (error) {
        failures.set(rowName, error instanceof Error ? error.message : String(error));
        progress(`(${name}) ${repeat}/${repeats} ${rowName}: ${failures.get(rowName)}`);
      }
    }
  }
  return rows.map((rowName) => {
    const { title, role } = ROWS[rowName];
    const ofPlan = (plan: number) => middle((runs.get(rowName) ?? []).flatMap((run) => run[plan] ?? []));
    return { name: rowName, title, role, outcome: failures.get(rowName) ?? plans.map((_, plan) => ofPlan(plan)) };
  });
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
