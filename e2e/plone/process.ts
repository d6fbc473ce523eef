/** A program that is started, killed and started again, and leaves nothing behind, however this process ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import type { Writable } from "node:stream";

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it writes when it can be used. */
  readonly ready: RegExp;
}

// A group of processes, which ends with the pipe to this one.
const GUARDED = '{ cat <&3; kill -9 -$$; } >/dev/null 2>&1 & exec 3<&- "$0" "$@"';

export class Process {
  readonly #options: ProcessOptions;
  readonly #news = new EventEmitter();
  #child: ChildProcess | undefined;
  #log = "";

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** What it has written, in all its lives. */
  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    const { command, args, env, ready } = this.#options;
    const from = this.#log.length;
    const child = spawn("sh", ["-c", GUARDED, command, ...args], {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
        this.#news.emit("output");
      });
    }
    const ended = once(child, "exit").then(() => {
      throw new Error(`expected ${command} to be ready, found its end:\n${this.#log.slice(from)}`);
    });
    ended.catch(() => {});
    await Promise.race([this.writes(ready, from), ended]);
  }

  /** Resolves when what it has written since then, from the first on by default, matches. */
  async writes(pattern: RegExp, from = 0): Promise<void> {
    while (!pattern.test(this.#log.slice(from))) await once(this.#news, "output");
  }

  /** Neither runs nor ends: whoever asks it something gets no answer. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** SIGKILL, to it and all that it has started. Safe to call twice. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const ended = once(child, "close");
    (child.stdio[3] as Writable).destroy();
    await ended;
  }
}
