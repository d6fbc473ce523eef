/**
 * Takes the links out of a document, for where LibreOffice cannot be locked in: what points outside of the document points to
 * nothing afterwards. Only for formats made of XML; the others are not opened there at all.
 */
import { ConversionError } from "./errors.ts";
import type { OfficeRecipe } from "./kinds.ts";
import { readZip, unpack } from "./zip.ts";
import { writeZip } from "./zip-writer.ts";

/**
 * An attribute that names something elsewhere, whatever its prefix: XLink's, SVG's and ODF's `href`, the `Target` of an OOXML
 * relationship, and the application, topic and item of a DDE source.
 */
const LINKING = /(\s(?:[\w.-]+:)?(?:href|Target|src|dde-application|dde-topic|dde-item)\s*=\s*)("[^"]*"|'[^']*')/gi;

/** A place in the document itself: an anchor, or a plain path that does not climb out of it. */
const INTERNAL = /^(?:#[^:/]*|\.?\/?(?:[\w -]+(?:\.[\w -]+)*\/)*[\w -]+(?:\.[\w -]+)*)?$/;

/** Fields that fetch when they are read, in the XML of Word: INCLUDEPICTURE, INCLUDETEXT, LINK, DDE, DDEAUTO, IMPORT. */
const FIELDS = /\b(?:INCLUDE(?:PICTURE|TEXT)?|LINK|DDE(?:AUTO)?|IMPORT|RD)\b/gi;

/** A field's instruction, or a part of it. */
const INSTRUCTION = /(<w:instrText[^>]*>)([^<]*)/g;

/** Parts that are documents of their own, in formats this cannot look into. What they show lies beside them as an image. */
const OPAQUE = /\.(?:bin|ole|doc|xls|ppt|docx|xlsx|pptx|docm|xlsm|pptm|od[tspg]|rtf|html?|emf|wmf|svm)$/i;

const MAX_PART_BYTES = 256 * 1024 * 1024;

/** @throws {ConversionError} `no-cage` for a kind whose links cannot be taken out, `broken` when it cannot be read. */
export function withoutLinks(document: Buffer, { links }: OfficeRecipe): Buffer {
  switch (links) {
    case "none":
      return document;
    case "in xml":
      return cleanXml(document);
    case "in zip":
      return cleanZip(document);
    case "not removable":
      throw new ConversionError("no-cage");
  }
}

function cleanZip(document: Buffer): Buffer {
  const entries = readZip(document);
  if (!entries) throw new ConversionError("broken");
  try {
    return writeZip(
      entries
        .filter(({ path }) => !OPAQUE.test(path) && !/^Obj[\w ]*$/.test(path))
        .map((entry) => {
          const bytes = unpack(entry, MAX_PART_BYTES);
          return { path: entry.path, bytes: isXml(bytes) ? cleanXml(bytes) : bytes };
        }),
    );
  } catch (cause) {
    throw new ConversionError("broken", "", { cause });
  }
}

function isXml(bytes: Buffer): boolean {
  return /^(?:\ufeff)?\s*</.test(bytes.toString("utf8", 0, 256));
}

function cleanXml(bytes: Buffer): Buffer {
  const encoding = /^<\?xml[^>]*encoding\s*=\s*["'](?!utf-8)/i;
  const xml = bytes.toString("utf8");
  // Entities and other encodings would hide a link from the expressions below.
  if (/<!ENTITY/i.test(xml) || encoding.test(xml) || xml.includes("\0")) throw new ConversionError("no-cage");
  const clean = cleanFields(xml)
    .replace(LINKING, (whole, name: string, value: string) =>
      INTERNAL.test(value.slice(1, -1)) || isNamespace(name) ? whole : `${name}""`,
    )
    .replace(
      /(\bw:instr\s*=\s*)("[^"]*"|'[^']*')/g,
      (_, name: string, field: string) => name + field.replace(FIELDS, ""),
    )
    .replace(/url\(\s*(?!["']?#)[^)]*\)/gi, "none")
    .replace(/(<(?:\w+:)?(?:formula|f)\b[^>]*>)[^<]*/g, "$1")
    .replace(/(\s(?:table:formula|text:condition)\s*=\s*)("[^"]*"|'[^']*')/g, '$1""');
  return Buffer.from(clean);
}

/** A field's instruction may be split anywhere: its parts are read as one text, as far as the next `w:fldChar`. */
function cleanFields(xml: string): string {
  return xml
    .split(/(?=<w:fldChar\b)/)
    .map((part) => {
      let instruction = [...part.matchAll(INSTRUCTION)]
        .map(([, , text = ""]) => text)
        .join("")
        .replace(FIELDS, "");
      return part.replace(INSTRUCTION, (_, tag: string) => {
        const first = instruction;
        instruction = "";
        return tag + first;
      });
    })
    .join("");
}

function isNamespace(name: string): boolean {
  return name.trimStart().startsWith("xmlns");
}
