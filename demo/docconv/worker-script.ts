/**
 * The worker as one file of JavaScript, made once for each state of its sources: compiling TypeScript takes longer than
 * drawing a page. Lies beside the packages it imports.
 */
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface WorkerScript {
  readonly file: string;
  /** Everything that the script needs besides Node. */
  readonly packages: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "..", "node_modules");

let made: Promise<WorkerScript> | undefined;

export function workerScript(): Promise<WorkerScript> {
  made ??= make();
  return made;
}

async function make(): Promise<WorkerScript> {
  const folder = join(packages, ".cache", "docconv");
  const file = join(folder, `worker-${await fingerprint()}.mjs`);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) await bundle(folder, file);
  return { file, packages };
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const sources = (await readdir(here)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  for (const name of sources.sort()) hash.update(await readFile(join(here, name)));
  return hash.digest("hex").slice(0, 16);
}

/** Other processes may be at the same: whoever comes last puts the same file in the same place. */
async function bundle(folder: string, file: string): Promise<void> {
  const { build } = await import("vite");
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(folder, "draft-"));
  try {
    await build({
      configFile: false,
      publicDir: false,
      logLevel: "error",
      build: {
        ssr: join(here, "worker.ts"),
        outDir: draft,
        emptyOutDir: false,
        target: "node20",
        rolldownOptions: { output: { entryFileNames: "worker.mjs", codeSplitting: false } },
      },
    });
    await rename(join(draft, "worker.mjs"), file);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
