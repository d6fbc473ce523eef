/** The suite as a process, for the tests of the push servers in this repository. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ConformanceResult {
  readonly code: number | null;
  /** What it has written, one line for each test. */
  readonly output: string;
}

export function runConformance(args: readonly string[]): Promise<ConformanceResult> {
  // node:test would otherwise report to the run that started this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const all = ["--import", "tsx", "--test-reporter", "spec", main, ...args];
  const child = spawn(process.execPath, all, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  });
}
