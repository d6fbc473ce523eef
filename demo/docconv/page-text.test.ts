import assert from "node:assert/strict";
import { test } from "node:test";
import { pageText } from "./page-text.ts";

test("the text of a page comes as one line", () => {
  assert.equal(pageText("  Annual\treport\r\n\r\n2024\u0000 "), "Annual report 2024");
});

test("a word divided at the end of a line is one word again", () => {
  assert.equal(pageText("An exam\ufffeple of hy\u00adphens"), "An example of hyphens");
});

test("a long text is cut, never within a character", () => {
  assert.equal(pageText("x".repeat(20_000)), `${"x".repeat(10_000)}…`);
  assert.equal(pageText(`a${"\u{1f600}".repeat(10_000)}`), `a${"\u{1f600}".repeat(4_999)}…`);
});

test("a page without text has none", () => {
  assert.equal(pageText(" \r\n"), "");
});
