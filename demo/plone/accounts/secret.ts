/**
 * The site's secret, and keys for single purposes derived from it: a ticket can never pass as an authenticator.
 */
import { createHmac, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The secret in the data folder, made on first use and kept, so that a restart leaves everyone signed in. */
export async function keptSecret(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, "secret");
  const fresh = randomBytes(32).toString("hex");
  try {
    // "wx" fails when the file is there: of several processes that start at once, one writes the secret, the others
    // read it.
    await writeFile(file, fresh, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return await readFile(file, "utf8");
  }
}

/** @param purpose what the key is for, e.g. `ticket`. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return createHmac("sha256", secret).update(purpose).digest();
}
