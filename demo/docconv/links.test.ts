import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { officeKinds } from "./kinds.ts";
import { withoutLinks } from "./links.ts";
import { readZip, unpack } from "./zip.ts";
import { zip } from "./zip-writer.ts";

const run = (text: string) => `<w:r><w:instrText xml:space="preserve">${text}</w:instrText></w:r>`;
const character = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
const field = (...parts: readonly string[]) =>
  `<w:p>${character("begin")}${parts.map(run).join("")}${character("separate")}<w:r><w:t>x</w:t></w:r>${character("end")}</w:p>`;

/** The instructions that are left in a document of Word. */
function instructions(body: string): string[] {
  const document = zip({ "word/document.xml": `<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>` });
  const [entry = assert.fail()] = readZip(withoutLinks(document, officeKinds.get("docx") ?? assert.fail())) ?? [];
  const xml = unpack(entry, 1_000_000).toString();
  return [...xml.matchAll(/<w:instrText[^>]*>([^<]*)/g)].map(([, text = ""]) => text);
}

describe("a field of Word that fetches", () => {
  for (const [how, ...parts] of [
    ["as Word writes it", 'INCLUDEPICTURE "http://a/"'],
    ["in lower case", 'includepicture "http://a/"'],
    ["split over two runs", "INCLUDE", 'PICTURE "http://a/"'],
    ["split within a word, in any case", " Inc", 'ludeText "http://a/"'],
  ] as const) {
    test(`is none any more, ${how}`, () => {
      assert.doesNotMatch(instructions(field(...parts)).join(""), /include|picture|text/i);
    });
  }

  test("leaves the others as they are", () => {
    assert.deepEqual(instructions(field("PAGE") + field("SEQ ", "a")), ["PAGE", "SEQ a", ""]);
  });
});
