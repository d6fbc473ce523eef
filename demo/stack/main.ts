/**
 * `npm run stack`, `plone`, `plone-worker` and `worker`, and `push` as the stack runs it: one process, until it is told to
 * stop. A second signal stops it at once.
 */
import closeWithGrace from "close-with-grace";
import { readPushConfig } from "../config.ts";
import { readPloneConfig, readStackConfig, readWorkerConfig } from "./config.ts";
import type { Running } from "./parts.ts";

const { env, argv } = process;
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

// Each process loads only what it needs.
const roles: Readonly<Record<string, () => Promise<Running>>> = {
  stack: async () => (await import("./stack.ts")).startStack(readStackConfig(env), env, log),
  plone: async () => (await import("./plone.ts")).startPlone(readPloneConfig(env, "8080"), log),
  "plone-worker": async () => (await import("./plone-worker.ts")).startPloneWorker(readPloneConfig(env, "8083"), log),
  worker: async () => (await import("./worker.ts")).startWorker(readWorkerConfig(env), log),
  push: async () => {
    const { url, internalUrl, close } = await (await import("../push/server.ts")).startPush(readPushConfig(env), log);
    return { name: `${url} internal ${internalUrl}`, close };
  },
};

let running: Running | undefined;

// Without a limit of its own: each part limits itself.
closeWithGrace({ delay: false, logger: { error: (message) => log(String(message)) } }, async ({ err: error }) => {
  // Before "ready" an error is the configuration's, Redis's or the port's, and its message says all.
  if (error) log((running && error.stack) || error.message);
  await running?.close();
});
// Whoever has started it has ended.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));

const [, , role = ""] = argv;
const start = roles[role];
if (!start) throw new Error(`expected one of ${Object.keys(roles).join(", ")}, found ${role || "nothing"}`);
running = await start();
process.stdout.write(`ready ${running.name}\n`);
