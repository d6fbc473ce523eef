/**
 * The build shortens some names of properties. Each of them has to be the library's own, and always be written out: a name
 * that the DOM, the host, a message or an event has as well, or that is made at run time, would be lost.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { OWN_NAMES } from "../slim/names.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const TEXT = /"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The text of all files in the folder whose path matches. */
function read(folder: string, path: RegExp): string {
  const files = readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" }).filter((file) => path.test(file));
  assert.notEqual(files.length, 0, `${folder} has files like ${path}`);
  return files.map((file) => readFileSync(`${ROOT}${folder}/${file}`, "utf8")).join("\n");
}

const wordsIn = (text: string): ReadonlySet<string> => new Set(text.match(/[\w$]+/g));
const source = read("src", /(?<!\.test)\.ts$/);
const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
const texts = [...code.matchAll(TEXT)].map(([text]) => text.replace(/\$\{[^}]*\}/g, "")).join("\n");

const OTHERS: Readonly<Record<string, ReadonlySet<string>>> = {
  "a text of the library": wordsIn(texts),
  "the host, messages, events or options": wordsIn(
    read("src/ground", /^(host|protocol|events|options|topics|position)\.ts$/),
  ),
  "the pattern's instance": wordsIn(read("src/page", /^pattern\.ts$/)),
  "the documentation": wordsIn(read(".", /^(README|PROTOCOL)\.md$/)),
  "JavaScript or the DOM": wordsIn(read("node_modules/@typescript", /lib\.(es|dom)[\w.]*\.d\.ts$/)),
  Patternslib: wordsIn(read("node_modules/@patternslib/patternslib/src", /\.js$/)),
  jQuery: wordsIn(read("node_modules/jquery/dist", /^jquery\.js$/)),
  "sockjs-client": wordsIn(read("node_modules/sockjs-client/lib", /\.js$/)),
  idiomorph: wordsIn(read("node_modules/idiomorph/dist", /^idiomorph\.js$/)),
};

for (const [where, words] of Object.entries(OTHERS)) {
  test(`no shortened name is one of ${where}`, () => {
    assert.deepEqual(
      OWN_NAMES.filter((name) => words.has(name)),
      [],
    );
  });
}

test("every shortened name is used", () => {
  const used = wordsIn(code);
  assert.deepEqual(
    OWN_NAMES.filter((name) => !used.has(name)),
    [],
  );
});
