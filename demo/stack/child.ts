/** A process of the stack that is started again whenever it ends, sooner or later, until it is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export type Role = "plone" | "plone-worker" | "push" | "worker";

export interface ChildOptions {
  readonly role: Role;
  /** Of its kind, from 1. */
  readonly number: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  /** @param url where it is to be found, or undefined while it is not there. */
  readonly onChange: (url: string | undefined) => void;
}

/**
 * - `starting`: has not said "ready" yet.
 * - `waiting`: has ended, and will be started again.
 */
type State = "starting" | "ready" | "waiting" | "stopping";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const MIN_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** Whoever has lived so long is started again at once. */
const LONG_LIFE_MS = 10_000;
/** A conversion may take a minute, but nobody waits so long for a stop: its task is done again. */
const STOP_TIMEOUT_MS = 10_000;

export class Child {
  readonly #options: ChildOptions;
  readonly #name: string;
  #state: State = "starting";
  #process: ChildProcess;
  #timer: NodeJS.Timeout | undefined;
  #delayMs = MIN_DELAY_MS;
  #began = 0;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#name = `${options.role} ${options.number}`;
    this.#process = this.#start();
  }

  /** Safe to call twice. */
  async stop(): Promise<void> {
    this.#state = "stopping";
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(kill);
  }

  #start(): ChildProcess {
    const { role, env, log } = this.#options;
    this.#state = "starting";
    this.#began = performance.now();
    // It ends with the channel to this process, however this one ends; a terminal's Ctrl+C is for this one alone.
    const child = spawn(process.execPath, ["--import", "tsx", MAIN, role], {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    lines(child.stdout, (line) => {
      const [, url, more = ""] = /^ready (\S+)(.*)$/.exec(line) ?? [];
      if (url !== undefined && this.#state === "starting") this.#ready(url, more);
    });
    lines(child.stderr, (line) => log(`${this.#name}: ${line}`));
    child.once("error", (error) => log(`stack: ${this.#name} cannot be started: ${error.message}`));
    child.once("exit", (code, signal) => this.#ended(signal ?? `code ${code}`));
    return child;
  }

  #ready(url: string, more: string): void {
    this.#state = "ready";
    this.#options.log(`stack: ${this.#name} is ready, pid ${this.#process.pid}${more}`);
    this.#options.onChange(url);
  }

  #ended(how: string): void {
    this.#options.onChange(undefined);
    if (this.#state === "stopping") return;
    this.#state = "waiting";
    if (performance.now() - this.#began >= LONG_LIFE_MS) this.#delayMs = MIN_DELAY_MS;
    this.#options.log(`stack: ${this.#name} has ended (${how}), will be started again in ${this.#delayMs} ms`);
    this.#timer = setTimeout(() => {
      this.#process = this.#start();
    }, this.#delayMs);
    this.#delayMs = Math.min(2 * this.#delayMs, MAX_DELAY_MS);
  }
}

function lines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    const all = (rest + text).split("\n");
    rest = all.pop() ?? "";
    for (const line of all) take(line);
  });
}
