/** `npm run stack` as a test meets it: real processes over a Redis of their own, and a way to kill each of them. */
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../demo/stack/main.ts", import.meta.url));

export type Role = "plone" | "plone-worker" | "push" | "worker";

/** What a test has. */
export interface Owner {
  after(undo: () => Promise<void>): void;
}

export interface Stack {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** What it and its processes have logged so far. */
  log(): string;
  /** The process ids of those that are ready, as often as they have been. */
  pids(role: Role): readonly number[];
  /** SIGKILL, to the first of its kind. Resolves when it is back, to the time that took. */
  kill(role: Role): Promise<number>;
  /** Resolves to the exit code. */
  stop(signal?: "SIGTERM" | "SIGINT"): Promise<number | null>;
}

/** Ends with the owner. */
export async function startStack(
  owner: Owner,
  redisUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const dataDir = await mkdtemp(join(tmpdir(), "stack-"));
  const env = { PATH: process.env["PATH"], ALWAYS_EAGER: "false", REDIS_URL: redisUrl, PORT: "0", DATA_DIR: dataDir };
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, "stack"], {
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const news = new EventEmitter().setMaxListeners(0);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      news.emit("output");
    });
  }
  const ended = once(child, "close");
  const output = async (pattern: RegExp, from = 0): Promise<RegExpExecArray> => {
    const failed = ended.then(() => {
      throw new Error(`expected ${pattern}, found the end of the stack:\n${text}`);
    });
    failed.catch(() => {});
    for (;;) {
      const match = pattern.exec(text.slice(from));
      if (match) return match;
      await Promise.race([once(news, "output"), failed]);
    }
  };
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  owner.after(async () => {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const [, url = ""] = await output(/^ready (\S+)\/$/m);
  const pids = (role: Role) =>
    [...text.matchAll(new RegExp(`^stack: ${role} \\d+ is ready, pid (\\d+)`, "gm"))].map(([, pid]) => Number(pid));
  return {
    url,
    pid: child.pid ?? 0,
    log: () => text,
    pids,
    kill: async (role) => {
      const from = text.length;
      const [, number = "1", pid = ""] =
        [...text.matchAll(new RegExp(`^stack: ${role} (1) is ready, pid (\\d+)`, "gm"))].at(-1) ?? [];
      const began = performance.now();
      process.kill(Number(pid), "SIGKILL");
      await output(new RegExp(`^stack: ${role} ${number} is ready`, "m"), from);
      return performance.now() - began;
    },
    stop,
  };
}

/** Whatever a test has started, to be stopped in reverse. */
export class Undos implements Owner {
  readonly #undos: (() => Promise<void>)[] = [];

  after(undo: () => Promise<void>): void {
    this.#undos.push(undo);
  }

  async run(): Promise<void> {
    for (const undo of this.#undos.splice(0).reverse()) await undo();
  }
}
