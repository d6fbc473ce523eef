import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";

test("the guided tour leads to files and rooms that are there", async () => {
  const tour = await readFile(new URL("README.md", import.meta.url), "utf8");
  const links = [...tour.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path = ""]) => path);
  assert.ok(links.length > 20);
  for (const path of links) await access(new URL(path, import.meta.url));
});
