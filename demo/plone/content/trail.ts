/** The trail of a document: when each step of its way was taken, and by which process. For the page that shows how it works. */
import { isRecord } from "./parsing.ts";

export const STEPS = ["received", "stored", "answered", "told", "queued", "begun", "first-page", "ended"] as const;
export type StepName = (typeof STEPS)[number];

export interface Step {
  readonly name: StepName;
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The id of the process. */
  readonly pid: number;
}

export const TRAIL_FILE = "trail";

/** One line of the file. */
export function lineOf(name: StepName, at: number): string {
  return `${JSON.stringify({ name, at, pid: process.pid })}\n`;
}

/** Lines that cannot be read are left out: a process may have died while it wrote one. */
export function parseTrail(text: string): Step[] {
  return text.split("\n").flatMap((line) => {
    const value = parsed(line);
    if (!isRecord(value)) return [];
    const name = STEPS.find((step) => step === value["name"]);
    const { at, pid } = value;
    return name && typeof at === "number" && typeof pid === "number" ? { name, at, pid } : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
