/** The suite as a process, for the tests of the push servers in this repository. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { listen, stopListening } from "../support/listen.ts";

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

/** A port for the suite's whoami, which the server has to know before the suite runs. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await stopListening(server, []);
  return port;
}
