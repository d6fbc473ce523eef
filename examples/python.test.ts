/** The samples in Python: each is read by the Python that is here. That they work in a real Plone is `npm run plone:test`. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { withoutPython } from "../e2e/plone/python.ts";

const READ = "import ast, sys\nfor path in sys.argv[1:]: ast.parse(open(path, encoding='utf-8').read(), path)";

test("every sample in Python can be read by it", { skip: !process.env["CI"] && (await withoutPython()) }, async () => {
  const folder = import.meta.dirname;
  const files = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(".py") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
  assert.ok(files.length > 10, `expected the samples, found ${files.join()}`);
  await promisify(execFile)("python3", ["-c", READ, ...files]);
});
