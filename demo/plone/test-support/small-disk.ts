/** For tests: a file system of its own, of few bytes, that can be filled. Needs root; elsewhere the test says why it is skipped. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface SmallDisk {
  readonly folder: string;
  /** Until nothing more can be written. @returns makes room again. */
  fill(): Promise<() => Promise<void>>;
}

/** @returns undefined where none can be mounted, in which case the test is skipped; in continuous integration it fails. */
export async function smallDisk(t: TestContext, bytes: number): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "small-disk-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  } catch (error) {
    await rm(folder, { recursive: true });
    if (process.env["CI"]) throw error;
    t.skip("a small file system can only be mounted by root");
    return undefined;
  }
  t.after(async () => {
    await run("umount", ["--lazy", folder]);
    await rm(folder, { recursive: true });
  });
  return {
    folder,
    async fill() {
      const ballast = join(folder, "ballast");
      // What fits has been written when there is room for no more.
      await writeFile(ballast, Buffer.alloc(bytes)).catch(() => {});
      return () => rm(ballast);
    },
  };
}
