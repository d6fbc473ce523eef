/** The command line: read and checked once. */
import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isRowName, ROWS, type RowName } from "./rows.ts";
import { isScenarioName, SCENARIOS, type ScenarioName } from "./scenarios.ts";

export interface Arguments {
  readonly scenarios: readonly ScenarioName[];
  /** Undefined: all that the scenario has. */
  readonly rows: readonly RowName[] | undefined;
  /** Undefined: the scenario's own number. */
  readonly repeats: number | undefined;
  /** Undefined: the scenario's own number. */
  readonly messages: number | undefined;
  /** Absolute path of another build of the library, to compare this one with. */
  readonly against: string | undefined;
  /** File for a CPU profile of the first row in the first scenario. */
  readonly profile: string | undefined;
  /** The command that makes such a run, for the reports. Names of files are left out. */
  readonly command: string;
}

const USAGE =
  "npm run bench -- [--scenario a,b] [--rows ours,raw-sockjs] [--repeats 3] [--messages 1000] " +
  "[--against FILE] [--profile FILE]";

/** The command line cannot be used; the message says what was expected and what was found. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} */
export function readArguments(given: readonly string[]): Arguments {
  const values = parse(given);
  const scenarios = names("--scenario", values.scenario, isScenarioName, Object.keys(SCENARIOS));
  const rows = names("--rows", values.rows, isRowName, Object.keys(ROWS));
  const before = values.against === undefined ? rows?.find((row) => ROWS[row].role === "before") : undefined;
  if (before !== undefined) throw new UsageError(`--rows ${before}: expected --against FILE too, found none`);
  if (values.profile === "") throw new UsageError("--profile: expected a file, found nothing");
  return {
    scenarios: scenarios ?? Object.keys(SCENARIOS).filter(isScenarioName),
    rows,
    repeats: wholeNumber("--repeats", values.repeats),
    messages: wholeNumber("--messages", values.messages),
    against: values.against === undefined ? undefined : existingFile("--against", values.against),
    profile: values.profile,
    command: command(values),
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        scenario: { type: "string" },
        rows: { type: "string" },
        repeats: { type: "string" },
        messages: { type: "string" },
        against: { type: "string" },
        profile: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`expected ${USAGE}, found: ${error instanceof Error ? error.message : error}`);
  }
}

function names<Name extends string>(
  option: string,
  value: string | undefined,
  isName: (name: string) => name is Name,
  known: readonly string[],
): readonly Name[] | undefined {
  return value?.split(",").map((name) => {
    if (!isName(name))
      throw new UsageError(`${option}: expected some of ${known.join(",")}, found ${name || "nothing"}`);
    return name;
  });
}

function existingFile(option: string, file: string): string {
  try {
    accessSync(file, constants.R_OK);
    return resolve(file);
  } catch {
    throw new UsageError(`${option}: expected a file that can be read, found ${file || "nothing"}`);
  }
}

function command({ profile: _, ...values }: ReturnType<typeof parse>): string {
  const options = Object.entries({ ...values, ...(values.against === undefined ? {} : { against: "FILE" }) });
  return ["npm run bench", ...options.map(([name, value]) => `--${name} ${value}`)].join(" ").replace(" --", " -- --");
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new UsageError(`${option}: expected a whole number from 1 to 999999, found ${value || "nothing"}`);
  }
  return Number(value);
}
