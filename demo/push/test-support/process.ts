/** Gateways as processes of their own, over Redis, for tests that kill them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "./browser.ts";
import { FakePlone, listen, newSession } from "./site.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export const PUBLISH_SECRET = "a secret of the tests";

export interface GatewayProcess {
  readonly url: string;
  readonly internalUrl: string;
  /** What it has written to its log so far. */
  log(): string;
  open(user: string): Browser;
  /** The value of a metric, as it is now. */
  metric(name: string): Promise<number>;
  /** Resolves to the exit code. */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

type Environment = Readonly<Record<string, string>>;

/** A Plone that knows jane and joe. Resolves to its URL. */
export function startPlone(t: TestContext, plone = new FakePlone()): Promise<string> {
  return listen(t, createServer(plone.listener));
}

/** Ends with the test. `environment` must have `REDIS_URL` and `PLONE_URL`. */
export async function startGateway(t: TestContext, environment: Environment): Promise<GatewayProcess> {
  const { child, output } = spawnGateway({ PUBLISH_SECRET, ...environment });
  t.after(() => {
    child.kill("SIGKILL");
  });
  const [, url = "", internalUrl = ""] = await output(/^ready (\S+)\/ internal (\S+)\/$/m);
  return {
    url,
    internalUrl,
    log: () => output.text(),
    open: (user) => new Browser(`${url}${newSession("websocket")}`, { Cookie: `__ac=${user}`, Origin: url }),
    metric: async (name) => {
      const text = await (await fetch(`${internalUrl}/metrics`)).text();
      const value = text.match(new RegExp(`^${name.replace(/[{}"]/g, "\\$&")} (\\S+)$`, "m"))?.[1];
      if (value === undefined) throw new Error(`expected the metric ${name}, found\n${text}`);
      return Number(value);
    },
    stop: async (signal) => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      return child.exitCode;
    },
  };
}

/** A gateway that is not expected to start. Resolves to its exit code and what it says. */
export async function failingGateway(environment: Environment): Promise<{ code: number | null; text: string }> {
  const { child, output } = spawnGateway(environment);
  await once(child, "close");
  return { code: child.exitCode, text: output.text() };
}

function spawnGateway(environment: Environment): { child: ChildProcess; output: Output } {
  const env = { PATH: process.env["PATH"], PORT: "0", INTERNAL_PORT: "0", ...environment };
  const child = spawn(process.execPath, ["--import", "tsx", MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const take = (chunk: string) => {
    text += chunk;
    child.emit("output");
  };
  child.stdout?.setEncoding("utf8").on("data", take);
  child.stderr?.setEncoding("utf8").on("data", take);
  const output = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match;
      const ended = once(child, "close").then(() => {
        throw new Error(`expected ${pattern}, found the end of the gateway:\n${text}`);
      });
      await Promise.race([once(child, "output"), ended]);
    }
  };
  return { child, output: Object.assign(output, { text: () => text }) };
}

interface Output {
  (pattern: RegExp): Promise<RegExpExecArray>;
  text(): string;
}
