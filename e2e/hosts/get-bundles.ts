/**
 * `npm run hosts:get`: fetches the bundles of hosts that are not there yet. Says and does nothing when all are.
 *
 * Without pip those of Plone are left out, which the tests then say; in CI that is a failure.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { download, findPip, unpackBundle, versionOf } from "./archive.ts";
import { BUNDLES, type Bundle, CACHE, fetchedBundles, folderOf, INDEX_FILE, keyOf } from "./bundles.ts";

/** @returns its name with its very version. */
function fetchBundle(bundle: Bundle, pip: readonly string[]): string {
  const scratch = mkdtempSync(join(CACHE, "new-"));
  try {
    const archives = join(scratch, "archive");
    mkdirSync(archives);
    const archive = download(bundle, archives, pip);
    const name = `${bundle.package} ${versionOf(archive)}`;
    rmSync(folderOf(name), { recursive: true, force: true });
    // In one step: a folder that is there is whole.
    renameSync(unpackBundle(archive, scratch), folderOf(name));
    return name;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

mkdirSync(CACHE, { recursive: true });
const fetched = { ...fetchedBundles() };
const missing = BUNDLES.filter((bundle) => !(keyOf(bundle) in fetched));
const pip = missing.some(({ registry }) => registry === "pypi") ? findPip() : undefined;

for (const bundle of missing) {
  const key = keyOf(bundle);
  if (bundle.registry === "pypi" && pip === undefined) {
    process.stderr.write(`${key}: not fetched, pip is not there\n`);
    if (process.env["CI"]) process.exitCode = 1;
    continue;
  }
  process.stdout.write(`Fetching ${key}\n`);
  fetched[key] = fetchBundle(bundle, pip ?? []);
  writeFileSync(INDEX_FILE, JSON.stringify(fetched, null, 2));
}
