import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { titleOf } from "./file-name.ts";

describe("the title of a file", () => {
  for (const [what, name, title] of [
    ["is its name", "Quarterly report (2).pdf", "Quarterly report (2).pdf"],
    ["in any script", "گزارش\u200cها 👩‍💻 ❤️.pdf", "گزارش\u200cها 👩‍💻 ❤️.pdf"],
    ["joins nothing that was apart", "invoice\u202efdp.exe", "invoice fdp.exe"],
    ["has its words on one line", "a\tb\r\nc\u2028d.pdf", "a b c d.pdf"],
    ["hides nothing", "re\u200bport\u00ad.p\u3164df\ufeff", "re port .p df"],
    ["has no mark of a direction", "\u200fabc\u2067.pdf\u2069", "abc .pdf"],
    ["has no half letters", "a\ud83d.pdf", "a .pdf"],
    ["is never empty", " \u0000\u202e ", "Untitled"],
    ["is never a folder", "..", "Untitled"],
  ] as const) {
    test(`${what}: ${JSON.stringify(name)}`, () => assert.equal(titleOf(name), title));
  }

  test("keeps its extension, however long it is", () => {
    const title = titleOf(`${"x".repeat(300)}.pdf`);
    assert.equal(title, `${"x".repeat(195)}….pdf`);
    assert.equal([...title].length, 200);
    assert.equal(titleOf(`${"👩".repeat(300)}.tar.gz`), `${"👩".repeat(196)}….gz`);
  });

  test("that is long and has no extension is shortened at its end", () => {
    assert.equal(titleOf(`a.${"x".repeat(300)}`), `a.${"x".repeat(197)}…`);
  });
});
