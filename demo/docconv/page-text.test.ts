import assert from "node:assert/strict";
import { test } from "node:test";
import { pageText } from "./page-text.ts";

test("the text of a page comes as one line", () => {
  assert.equal(pageText("  Annual\treport\r\n\r\n2024\u0000 "), "Annual report 2024");
});

test("a word divided at the end of a line is one word again", () => {
  assert.equal(pageText("An exam\ufffeple of hy\u00adphens"), "An example of hyphens");
});

test("a long text is cut between words", () => {
  const text = pageText("word ".repeat(100));
  assert.ok(text.length <= 201);
  assert.match(text, /word…$/);
});

test("a long text without blanks is cut within the word, never within a character", () => {
  assert.equal(pageText("\u{1f600}".repeat(150)), `${"\u{1f600}".repeat(100)}…`);
  assert.equal(pageText(`a${"\u{1f600}".repeat(150)}`), `a${"\u{1f600}".repeat(99)}…`);
});

test("a page without text has none", () => {
  assert.equal(pageText(" \r\n"), "");
});
