/**
 * Runs worker.ts for one job, in a process group of its own, and sees to it that nothing of the group is left afterwards.
 * Knows nothing of documents.
 */
import { type ChildProcess, fork } from "node:child_process";
import { failed, type Outcome, parseOutcome } from "./outcome.ts";

export interface Job {
  readonly file: string;
  readonly scratch: string;
  readonly maxPages: number;
  readonly soffice: string | undefined;
}

/** All that the worker sees of the environment: secrets of the server are no business of a converter. */
const ENVIRONMENT = ["PATH", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "FONTCONFIG_FILE"] as const;

// A group of its own outlives this process, unless told.
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach(killGroup));

/** @throws `signal.reason` when it is aborted. Everything else that can go wrong is an outcome. */
export async function runWorker(job: Job, signal: AbortSignal): Promise<Outcome> {
  signal.throwIfAborted();
  const { file, scratch, maxPages, soffice } = job;
  const worker = fork(
    new URL("./worker.ts", import.meta.url),
    [file, scratch, String(maxPages), ...(soffice === undefined ? [] : [soffice])],
    {
      detached: true, // A group of its own, LibreOffice included, which one signal ends.
      execArgv: ["--import", import.meta.resolve("tsx")], // The worker is TypeScript, however this process was started.
      env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
      serialization: "advanced", // The images arrive as Buffers.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    },
  );
  running.add(worker);
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  try {
    return await answer(worker, signal);
  } finally {
    killGroup(worker);
    // A process that could not be started never exits.
    if (worker.pid !== undefined) await exited;
    running.delete(worker);
  }
}

function answer(worker: ChildProcess, signal: AbortSignal): Promise<Outcome> {
  let stderr = "";
  worker.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    const crashed = (cause: unknown): void => resolve(failed(cause));
    worker.once("message", (message: unknown) => {
      try {
        resolve(parseOutcome(message));
      } catch (cause) {
        crashed(cause);
      }
    });
    worker.once("error", crashed);
    worker.once("exit", (code, killedBy) => crashed(new Error(`worker ended with ${killedBy ?? code}: ${stderr}`)));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the whole group is gone already.
  }
}
