/** The tarball as npm, bundlers and type checkers see it. What is in it works: e2e/page/package.spec.ts. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import { pack, ROOT } from "../support/packed.ts";

const run = promisify(execFile);
let folder = "";
let tarball = "";
/** What is in the tarball. */
let files: readonly string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "pat-inject-async-package-"));
  tarball = await pack(folder);
  await run("tar", ["-xzf", tarball, "-C", folder]);
  files = await readdir(join(folder, "package"), { recursive: true });
});
after(() => rm(folder, { recursive: true }));

test("it holds the builds, their types and sources' maps, licences and documents, and nothing else", async () => {
  const names = [
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "PROTOCOL.md",
    "docs/integrators.md",
    "docs/state-waits.webp",
    "dist/LICENSES.txt",
    "dist/index.js",
    "dist/index.d.ts",
    "dist/ground/protocol.js",
    "dist/testing/testing.js",
    "dist/testing/testing.d.ts",
    "dist/pat-inject-async.min.js",
    "dist/pat-inject-async-debug.min.js",
  ];
  for (const name of names) assert.ok(files.includes(name), name);
  const expected = /^(LICENSE|package\.json|[A-Z]+\.md|docs(\/([\w-]+\.md|state-\w+\.webp))?|dist(\/.*)?)$/;
  assert.deepEqual(
    files.filter((name) => !expected.test(name)),
    [],
  );
  assert.deepEqual(
    files.filter((name) => /\.test\.|\.spec\.|node_modules|tsconfig/.test(name)),
    [],
  );
  const licences = await readFile(join(folder, "package/dist/LICENSES.txt"), "utf8");
  for (const inside of ["sockjs-client", "idiomorph"]) assert.match(licences, new RegExp(`^${inside}$`, "m"));
});

test("the script's source map leads to the lines that are written", async () => {
  const read = (name: string) => readFile(join(folder, "package/dist", name), "utf8");
  const lines = (await read("pat-inject-async.min.js")).split("\n");
  const map = new SourceMap(JSON.parse(await read("pat-inject-async.min.js.map")));
  const { sources, sourcesContent } = map.payload;
  let found = 0;
  for (const [line, code] of lines.entries()) {
    for (const { index, 1: text = "" } of code.matchAll(
      /["`]([a-z ,]*\b(?:expected|found|is|was|not) [a-z ]+)["`]/gi,
    )) {
      const entry = map.findEntry(line, index);
      assert.ok("originalSource" in entry, text);
      const { originalSource, originalLine } = entry;
      const source = sourcesContent[sources.indexOf(originalSource)] ?? "";
      assert.ok(source.split("\n")[originalLine]?.includes(text), `${text} in ${originalSource}:${originalLine + 1}`);
      found++;
    }
  }
  assert.ok(found > 2, `expected texts in the script, found ${found}`);
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({
    pack: { tarball: new Uint8Array(await readFile(tarball)).buffer },
  });
  assert.deepEqual(messages, []);
});

test("its types are right for whoever resolves them", async () => {
  const attw = join(ROOT, "node_modules", ".bin", "attw");
  // The scripts for pages have no types, and the package is for ECMAScript modules. It fails when it finds a problem.
  const args = [tarball, "--profile", "esm-only", "--exclude-entrypoints", "./dist/*", "--no-emoji", "--no-color"];
  const { stdout } = await run(attw, args).catch((error: { stdout: string }) => assert.fail(error.stdout));
  for (const entry of ["", "/protocol", "/testing"]) assert.ok(stdout.includes(`"pat-inject-async${entry}"`), stdout);
});

test("a project that installs it needs no overrides, and gets nothing but it and SockJS's client", async (t) => {
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true }');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", tarball];
  const failure = await run("npm", args, { cwd: project }).then(
    () => undefined,
    (error: Error & { readonly stderr: string }) => error,
  );
  if (
    failure !== undefined &&
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(failure.stderr) &&
    !process.env["CI"]
  ) {
    return t.skip("the package registry cannot be reached");
  }
  assert.equal(failure, undefined);
  const lock = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
  const installed = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ""));
  for (const name of ["pat-inject-async", "sockjs-client"]) assert.ok(installed.includes(name), name);
  for (const name of ["@patternslib/patternslib", "jquery", "@playwright/test", "sockjs"]) {
    assert.ok(!installed.includes(name), name);
  }
  assert.doesNotMatch(JSON.stringify(lock), /git\+|github:/);
  const manifest = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  assert.equal(manifest.overrides, undefined);
});
