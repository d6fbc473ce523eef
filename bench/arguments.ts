/** The command line: read and checked once. */
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
  /** File for a CPU profile of the library in the first scenario. */
  readonly profile: string | undefined;
}

const USAGE =
  "tsx bench/main.ts [--scenario a,b] [--rows ours,raw-sockjs] [--repeats 3] [--messages 1000] [--profile FILE]";

/** The command line cannot be used; the message says what was expected and what was found. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} */
export function readArguments(given: readonly string[]): Arguments {
  const values = parse(given);
  const scenarios = names("--scenario", values.scenario, isScenarioName, Object.keys(SCENARIOS));
  const rows = names("--rows", values.rows, isRowName, Object.keys(ROWS));
  if (values.profile === "") throw new UsageError("--profile: expected a file, found nothing");
  return {
    scenarios: scenarios ?? Object.keys(SCENARIOS).filter(isScenarioName),
    rows,
    repeats: wholeNumber("--repeats", values.repeats),
    messages: wholeNumber("--messages", values.messages),
    profile: values.profile,
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

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new UsageError(`${option}: expected a whole number from 1 to 999999, found ${value || "nothing"}`);
  }
  return Number(value);
}
