/**
 * Tasks that are promised and not done yet, in files: whoever dies between an answer and the queue, and a Redis that has lost
 * what it had, lose none. Sealed, as they are in Redis, and worthless when their user's ticket has expired.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTask } from "../tasks/redis/stored-task.ts";
import { seal, unseal } from "../tasks/seal.ts";
import type { Outbox, Task } from "../tasks/task.ts";

export interface FileOutboxOptions {
  readonly folder: string;
  /** 32 bytes, the same in all processes. */
  readonly key: Buffer;
  /** The time after which a task has expired. */
  readonly ttlMs: number;
}

export class FileOutbox implements Outbox {
  readonly #folder: string;
  readonly #key: Buffer;
  readonly #ttlMs: number;

  private constructor({ folder, key, ttlMs }: FileOutboxOptions) {
    this.#folder = folder;
    this.#key = key;
    this.#ttlMs = ttlMs;
  }

  static async open(options: FileOutboxOptions): Promise<FileOutbox> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    return new FileOutbox(options);
  }

  /** Replaces the one that does the same. */
  async keep(task: Task): Promise<void> {
    const { url } = task;
    const file = this.#file(url);
    const draft = `${file}.${randomUUID()}`;
    try {
      await writeFile(draft, seal(JSON.stringify(task), this.#key, url), { mode: 0o600 });
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** @returns undefined when there is none, it is too old, or it was sealed with another secret. */
  async recall(url: string): Promise<Task | undefined> {
    try {
      const file = this.#file(url);
      if (Date.now() - (await stat(file)).mtimeMs >= this.#ttlMs) return undefined;
      return parseTask(unseal(await readFile(file, "utf8"), this.#key, url));
    } catch {
      return undefined;
    }
  }

  /** What is kept. By name: whose task it is cannot be read from it. */
  async names(): Promise<readonly string[]> {
    return await readdir(this.#folder);
  }

  async forget(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  nameOf(url: string): string {
    return createHash("sha256").update(url).digest("hex");
  }

  #file(url: string): string {
    return join(this.#folder, this.nameOf(url));
  }
}
