/** The site's secret, where none is given: made once, and kept in the data folder. */
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** A shorter one could be guessed, and an empty one signs for everybody. */
const MIN_SECRET_CHARACTERS = 16;

/**
 * The secret in the data folder, made on first use and kept, so that a restart leaves everyone signed in.
 *
 * @throws when it cannot be written whole, or what is there is too short; then nobody may be let in.
 */
export async function keptSecret(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "secret");
  const secret = (await readIfThere(file)) ?? (await create(file)) ?? (await readFile(file, "utf8"));
  const { length } = secret.trim();
  if (length >= MIN_SECRET_CHARACTERS) return secret.trim();
  throw new Error(
    `${file}: expected at least ${MIN_SECRET_CHARACTERS} characters, found ${length}: remove the file to have a new secret made, which signs everyone out`,
  );
}

/** @returns undefined when another process was faster, whose secret it is then. */
async function create(file: string): Promise<string | undefined> {
  const draft = `${file}-${randomUUID()}`;
  const secret = randomBytes(32).toString("hex");
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(secret);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link never replaces what is there.
    await link(draft, file);
    return secret;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
