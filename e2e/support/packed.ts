/** The package as it would be published. Knows nothing of what it is installed into. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Packs what is built into the folder. Returns the tarball's path. */
export async function pack(folder: string): Promise<string> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}
