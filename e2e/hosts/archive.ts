/**
 * One archive of a package registry: brought by the registry's own program, checked, and unpacked.
 *
 * Knows nothing of the tests; of a package it takes only the folder in which the bundle is.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Bundle } from "./bundles.ts";

/** The names of pip, of which a machine has one, or none. */
const PIPS = [["python3", "-m", "pip"], ["pip3"], ["pip"]] as const;

/** How pip is called here, or undefined when it is not there. */
export function findPip(): readonly string[] | undefined {
  return PIPS.find((pip) => {
    try {
      run(pip, ["--version"]);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Downloads one archive, with npm or this pip, into an empty folder and checks it.
 *
 * @returns its path.
 * @throws when it could not be loaded, or is not the one that was meant.
 */
export function download(bundle: Bundle, folder: string, pip: readonly string[]): string {
  const { package: name, version, integrity } = bundle;
  if (bundle.registry === "npm") {
    run(["npm"], ["pack", `${name}@${version}`, "--ignore-scripts", "--silent"], folder);
  } else {
    const range = /^\d/.test(version) ? `==${version}` : version;
    // Whatever Python this is: of the wheel only its JavaScript is used.
    const options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--quiet"];
    run([...pip, "download"], [...options, name + range], folder);
  }
  const [file, ...others] = readdirSync(folder);
  if (file === undefined || others.length > 0) throw new Error(`${name}: expected one archive, found ${others.length}`);
  const path = join(folder, file);
  const found = `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;
  if (integrity !== undefined && found !== integrity) {
    throw new Error(`${file}: expected ${integrity}, found ${found}`);
  }
  return path;
}

/** The version that an archive's file name tells, of npm's or of a wheel. */
export function versionOf(path: string): string {
  const version = /-(\d[\w.]*?)(?:-py3-none-any\.whl|\.tgz)$/.exec(path)?.[1];
  if (version === undefined) throw new Error(`expected a file name with a version, found ${path}`);
  return version;
}

/**
 * Takes the bundle with its chunks out of an archive.
 *
 * @param scratch an empty folder to unpack into.
 * @returns the folder in it that has `bundle.min.js`.
 */
export function unpackBundle(path: string, scratch: string): string {
  if (!path.endsWith(".tgz")) {
    unzip(path, scratch, "plone/staticresources/static/bundle-plone/");
    return join(scratch, "plone/staticresources/static/bundle-plone");
  }
  run(["tar"], ["-xzf", path, "-C", scratch]);
  const contents = join(scratch, "package");
  // Patternslib's older packages hold their bundle as an archive.
  const inner = readdirSync(contents).find((name) => /^patternslib-bundle-.*\.zip$/.test(name));
  if (inner === undefined) return join(contents, "dist");
  unzip(join(contents, inner), scratch, "patternslib-bundle-");
  return join(scratch, inner.replace(/\.zip$/, ""));
}

function unzip(path: string, folder: string, prefix: string): void {
  const isWanted = ({ name }: { name: string }) => name.startsWith(prefix) && !/(?:\/|\.map)$/.test(name);
  for (const [name, content] of Object.entries(unzipSync(readFileSync(path), { filter: isWanted }))) {
    const target = join(folder, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

function run([program = "", ...first]: readonly string[], options: readonly string[], cwd?: string): void {
  execFileSync(program, [...first, ...options], { cwd, stdio: ["ignore", "ignore", "pipe"] });
}
