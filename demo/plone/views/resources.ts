/** Addresses of static files. With what it contains in its address, a file can be kept for ever. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Zope's name for registered resources. */
export const RESOURCES = "/++resource++";

const ROOT = new URL("../../../", import.meta.url);

/** By the first part of the address. */
export const RESOURCE_FOLDERS: Readonly<Record<string, string>> = {
  demo: folder("demo/plone/static/"),
  commons: folder("demo/dist/"),
  // The whole folder: Patternslib's bundle loads its chunks from beside itself.
  patternslib: folder("node_modules/@patternslib/patternslib/dist/"),
  "pat-inject-async": folder("dist/"),
};

/** In hex digits. */
const VERSION_LENGTH = 12;

const known = new Map<string, string>();

/** @param path e.g. `demo/base.css`. A file that is not there has an address without a version. */
export function resource(path: string): string {
  const found = known.get(path) ?? `${RESOURCES}${path}${versionOf(path)}`;
  known.set(path, found);
  return found;
}

function versionOf(path: string): string {
  const [name = "", ...rest] = path.split("/");
  try {
    const content = readFileSync(`${RESOURCE_FOLDERS[name]}${rest.join("/")}`);
    return `?${createHash("sha256").update(content).digest("hex").slice(0, VERSION_LENGTH)}`;
  } catch {
    return "";
  }
}

function folder(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}
