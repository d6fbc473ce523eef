/**
 * A virtual environment with the pinned packages of examples/plone, made once for each Plone and kept until the pins change.
 *
 * Knows nothing of what runs in it.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL(".cache/", import.meta.url));
const VERSIONS = ["6.1", "6.2"];
/** Installs 244 packages in seconds, where pip takes a minute. */
const UV = "uv==0.13.9";

/** Which Plone: what `PLONE` says, or the newest. */
export const ploneVersion = process.env["PLONE"] || "6.2";
if (!VERSIONS.includes(ploneVersion)) {
  throw new Error(`PLONE: expected ${VERSIONS.join(" or ")}, found ${ploneVersion}`);
}
const PINS = new URL(`../../examples/plone/constraints-${ploneVersion}.txt`, import.meta.url);

/** For the `skip` of a test: false, or what is missing. */
export async function withoutPython(): Promise<string | false> {
  const check = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
  return run("python3", ["-c", check]).then(
    () => false,
    () => "no Python from 3.10 with venv here: install Debian's package python3-venv",
  );
}

/** The folder of the environment's programs. */
export async function virtualEnvironment(): Promise<string> {
  const pins = await readFile(PINS, "utf8");
  const name = `venv-${ploneVersion}-`;
  const folder = join(CACHE, name + createHash("sha256").update(UV).update(pins).digest("hex").slice(0, 16));
  const bin = join(folder, "bin");
  const complete = join(folder, "complete");
  if (await isThere(complete)) return bin;
  await mkdir(CACHE, { recursive: true });
  // One that was not finished, and those with other pins; but not that of another Plone.
  const others = VERSIONS.filter((version) => version !== ploneVersion).map((version) => `venv-${version}-`);
  const old = (await readdir(CACHE)).filter((entry) => !others.some((other) => entry.startsWith(other)));
  for (const entry of old) await rm(join(CACHE, entry), { recursive: true });
  const began = performance.now();
  await run("python3", ["-m", "venv", folder]);
  await run(join(bin, "python"), ["-m", "pip", "install", "--quiet", UV]);
  // Python compiles what it imports, when it does.
  await uv(bin, ["--no-deps", "--no-cache", "--requirement", fileURLToPath(PINS)]);
  await writeFile(complete, "");
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`Installed Plone ${ploneVersion}, once: ${seconds} s\n`);
  return bin;
}

/** Installs packages of this repository, from their folders, with what they need being there. */
export async function installPackages(bin: string, folders: readonly string[]): Promise<void> {
  await uv(bin, ["--no-deps", "--no-index", "--no-build-isolation", "--reinstall", ...folders]);
}

async function uv(bin: string, args: readonly string[]): Promise<void> {
  await run(join(bin, "uv"), ["pip", "install", "--quiet", "--python", join(bin, "python"), ...args]);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
