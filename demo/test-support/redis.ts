/**
 * Redis for tests: the one at `REDIS_URL`, or a server of the test's own from PATH, which is installed first where that is
 * possible. Without any of them a test says that it was left out and why; in continuous integration it fails.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const PROGRAMS = ["redis-server", "valkey-server"];
const HOW_TO_GET_IT = "install redis-server or valkey-server, or set REDIS_URL";
const { CI, REDIS_URL } = process.env;

const program = await findOrInstall();
if (program === undefined && CI) throw new Error(`expected Redis, found none: ${HOW_TO_GET_IT}`);

/** For the `skip` of a test that starts and stops its own server: false, or the reason. */
export const withoutRedisServer: string | false = program === undefined ? `no Redis here: ${HOW_TO_GET_IT}` : false;

/** For the `skip` of a test that any Redis will do for. It shares that Redis with others: its users have names of their own. */
export const withoutRedis: string | false = REDIS_URL ? false : withoutRedisServer;

/** What a test or a suite has. */
interface Owner {
  after(undo: () => Promise<void>): void;
}

/** The URL of a Redis that is there until the owner ends. */
export async function redisUrl(owner: Owner): Promise<string> {
  return REDIS_URL ?? (await startRedis(owner)).url;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Kills it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, with what it has kept. */
  restart(): Promise<void>;
}

/** @param settings more of redis-server's arguments, e.g. `["--appendonly", "yes"]`. By default nothing is kept. */
export async function startRedis(owner: Owner, settings: readonly string[] = []): Promise<RedisServer> {
  if (program === undefined) throw new Error(`expected Redis, found none: ${HOW_TO_GET_IT}`);
  const folder = await mkdtemp(join(tmpdir(), "inject-async-redis-"));
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...settings];
  let stop = await run(program, args);
  owner.after(async () => {
    await stop();
    await promisify(execFile)("rm", ["-rf", folder]);
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => stop(),
    restart: async () => {
      stop = await run(program, args);
    },
  };
}

/** Resolves to the way to kill it, when it is ready. */
async function run(command: string, args: readonly string[]): Promise<() => Promise<void>> {
  // The shell's input ends with this process, however it ends, and Redis with it.
  const script =
    '"$0" "$@" 2>&1 & server=$!; exec 2>/dev/null; { cat >/dev/null; kill -9 $server; } <&3 & wait $server; kill $!';
  const shell = spawn("sh", ["-c", script, command, ...args], { stdio: ["ignore", "pipe", "inherit", "pipe"] });
  const ended = once(shell, "close");
  const input = shell.stdio[3];
  await new Promise<void>((resolve, reject) => {
    let output = "";
    shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (/ready to accept connections/i.test(output)) resolve();
    });
    void ended.then(() => reject(new Error(`expected ${command} to start, found:\n${output}`)));
  });
  return async () => {
    input?.destroy();
    await ended;
  };
}

async function findOrInstall(): Promise<string | undefined> {
  const found = await findProgram();
  if (found !== undefined || REDIS_URL || process.getuid?.() !== 0) return found;
  // Test files run at the same time: the second one waits for the first one's lock.
  const install =
    "apt-get update && apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server";
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await promisify(execFile)("sh", ["-c", install], { env }).catch(() => {});
  return findProgram();
}

async function findProgram(): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const path of PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
