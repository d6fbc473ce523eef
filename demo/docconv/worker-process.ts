/**
 * A process of worker.ts, started ahead and used for one document. Sees to it that nothing of it is left afterwards.
 *
 * Passes messages on and knows nothing of documents.
 */
import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { createReadStream } from "node:fs";
import type { Cage } from "./cage.ts";
import type { Limits } from "./limits.ts";
import { type Job, type OpenedDocument, PRACTISE, parseWorkerMessage, type WorkerMessage } from "./messages.ts";
import { afterLastOutput, endOf, killGroup } from "./process-group.ts";
import type { WorkerScript } from "./worker-script.ts";

/** All that the worker sees of the environment: secrets of the server are no business of a converter. */
const ENVIRONMENT = ["LANG", "LD_LIBRARY_PATH", "FONTCONFIG_FILE"] as const;

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string>;
  readonly #ready: Promise<boolean>;
  #stderr = "";
  #used = false;

  /** @param practises whether it draws a few pages before it is ready: slower to start, and faster with its document. */
  constructor(script: WorkerScript, cage: Cage, limits: Limits, practises: boolean) {
    const environment = {
      PATH: "/usr/bin:/bin",
      ...Object.fromEntries(
        ENVIRONMENT.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? ""]] : [])),
      ),
    };
    const { file, args } = cage.command(
      { file: process.execPath, args: [] },
      { visible: [process.execPath, script.packages], limits },
    );
    this.#child = fork(script.file, practises ? [PRACTISE] : [], {
      execPath: file,
      execArgv: [...args],
      cwd: "/",
      env: environment,
      detached: true, // A group of its own, which one signal ends.
      serialization: "advanced", // The images arrive as Buffers.
      stdio: ["pipe", "ignore", "pipe", "ipc"],
    });
    this.#ended = endOf(this.#child).catch((error: unknown) => String(error));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    this.#ready = new Promise((resolve) => {
      this.#child.once("message", () => resolve(true));
      this.#ended.then(() => resolve(false));
    });
    this.#ready.then(() => this.#rest());
    afterLastOutput(this.#ended, () => this.#release());
  }

  /** False when it could not be started. */
  get ready(): Promise<boolean> {
    return this.#ready;
  }

  /** Whether it is there to be asked. */
  get alive(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Give it the file at the path `file`. Ends behind the message `end`, or without it when the process ends before.
   *
   * @throws `signal.reason` when it is aborted, and the file's own error when it cannot be read.
   */
  async *run(job: Job, file: string, signal: AbortSignal): AsyncGenerator<WorkerMessage, void> {
    signal.throwIfAborted();
    if (!this.alive) return;
    this.#used = true;
    this.#child.ref();
    const stop = new AbortController();
    const giveUp = (): void => stop.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    const messages = on(this.#child, "message", { signal: stop.signal, close: ["disconnect"] });
    const document = createReadStream(file).on("error", (error) => stop.abort(error));
    this.#child.stdin?.on("error", () => document.destroy()); // It ended first.
    if (this.#child.stdin) document.pipe(this.#child.stdin);
    this.#send(job);
    try {
      for await (const [value] of messages) {
        const message = parseWorkerMessage(value);
        yield message;
        if (message.type === "end") return;
      }
    } catch (error) {
      stop.signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
      document.destroy();
    }
  }

  answer(opened: OpenedDocument): void {
    this.#send(opened);
  }

  /** Kill it, and wait for its end. @returns how it ended, for the log. */
  async stop(): Promise<string> {
    // While it rests, it would not be waited for.
    this.#child.ref();
    killGroup(this.#child);
    const end = await this.#ended;
    this.#release();
    return `worker ended with ${end}: ${this.#stderr}`;
  }

  /** Nothing more is read: an open channel would keep this process from ending. */
  #release(): void {
    if (this.#child.connected) this.#child.disconnect();
    for (const stream of [this.#child.stderr, this.#child.stdin]) stream?.destroy();
  }

  #send(message: Job | OpenedDocument): void {
    // An error says that it has ended, which its messages tell as well.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** While it waits for a document, it keeps nobody from ending. */
  #rest(): void {
    if (this.#used) return;
    this.#child.unref();
    this.#child.channel?.unref();
    for (const stream of [this.#child.stderr, this.#child.stdin])
      if (stream && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
}
