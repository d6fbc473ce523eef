/**
 * Documents for tests, made as they are asked for: small, real, and with content that is known.
 *
 * Every function gives the bytes of one file. Those that promise a broken or hostile one say what is wrong with it.
 */
import sharp, { type Sharp } from "sharp";
import { compoundFile } from "./sample-cfb.ts";
import { pdf } from "./sample-pdf.ts";
import { zip } from "./zip-writer.ts";

export { cyclicPdf, encryptedPdf, endlessPdf, endsInEndless, pdf, unembedded } from "./sample-pdf.ts";

/** A PDF header, and then nothing that belongs there. */
export function brokenPdf(): Buffer {
  return Buffer.from(`%PDF-1.4\n${"This is no object. ".repeat(50)}`);
}

/** A valid PDF without a single page. */
export function pagelessPdf(): Buffer {
  return pdf([]);
}

export type ImageFormat = "png" | "jpeg" | "webp" | "gif" | "tiff" | "avif";

/** A blue image with an orange left half, so that a turned or mirrored one can be told. */
export function image(format: ImageFormat, width = 800, height = 600): Promise<Buffer> {
  return picture(width, height).toFormat(format).toBuffer();
}

export function svg(content = '<rect width="400" height="600" fill="orange"/>'): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">${content}</svg>`);
}

/** A bitmap of 2 × 1 pixels, orange and blue, with the header of OS/2. */
export function bmp(): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.write("BM");
  for (const [at, value] of [
    [2, 34],
    [10, 26],
    [14, 12],
  ] as const)
    bytes.writeUInt32LE(value, at);
  for (const [at, value] of [
    [18, 2],
    [20, 1],
    [22, 1],
    [24, 24],
  ] as const)
    bytes.writeUInt16LE(value, at);
  bytes.write("00a5ffb48246", 26, "hex");
  return bytes;
}

/** Stored lying on its side, with the EXIF orientation that turns it upright: shown, it is 600 × 800 pixels. */
export function turnedJpeg(): Promise<Buffer> {
  return picture(800, 600).jpeg().withMetadata({ orientation: 6 }).toBuffer();
}

/** Three frames of 60 × 40 pixels: red, green, blue. */
export function animatedGif(): Promise<Buffer> {
  const [width, height, channels] = [60, 40, 3] as const;
  const frames = ["ff0000", "00ff00", "0000ff"].map((colour) => Buffer.alloc(width * height * channels, colour, "hex"));
  const raw = { width, height: height * frames.length, channels, pageHeight: height };
  return sharp(Buffer.concat(frames), { raw }).gif().toBuffer();
}

/** A JPEG that stops in the middle. */
export async function truncatedJpeg(): Promise<Buffer> {
  const whole = await image("jpeg");
  return whole.subarray(0, whole.length / 2);
}

/** A PNG that stops in the middle. */
export async function truncatedPng(): Promise<Buffer> {
  const whole = await image("png");
  return whole.subarray(0, whole.length / 2);
}

export function rtf(text: string): Buffer {
  return Buffer.from(`{\\rtf1\\ansi\\deff0 {\\fonttbl {\\f0 Liberation Sans;}}\\f0\\fs48 ${text}\\par}`);
}

const DOCX = "openxmlformats-officedocument.wordprocessingml.document.main+xml";

/** @param type of its main part, as in kinds.ts: templates and documents with macros differ in nothing else. */
export function docx(text: string, type = DOCX): Buffer {
  const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  const main = `application/vnd.${type}`;
  const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
  return zip({
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
      <Relationship Id="r1" Type="${relation}" Target="word/document.xml"/></Relationships>`,
    "word/document.xml": `<w:document xmlns:w="${word}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
  });
}

/** An OpenDocument text as one XML file. */
export function flatOdt(text: string): Buffer {
  const odf = "urn:oasis:names:tc:opendocument:xmlns";
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
    <office:document xmlns:office="${odf}:office:1.0" xmlns:text="${odf}:text:1.0" office:version="1.3"
      office:mimetype="application/vnd.oasis.opendocument.text">
      <office:body><office:text><text:p>${text}</text:p></office:text></office:body></office:document>`);
}

export type OdfType = "text" | "spreadsheet" | "presentation";

/** An OpenDocument file of one paragraph, one cell or one slide. */
export function odf(type: OdfType, text: string): Buffer {
  const paragraph = `<text:p>${text}</text:p>`;
  const bodies: Record<OdfType, string> = {
    text: paragraph,
    spreadsheet: `<table:table><table:table-row><table:table-cell>${paragraph}</table:table-cell></table:table-row></table:table>`,
    presentation: `<draw:page draw:master-page-name="Default"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="4cm">
      <draw:text-box>${paragraph}</draw:text-box></draw:frame></draw:page>`,
  };
  return odfPackage(type, bodies[type]);
}

/** A text document whose manifest says that its content is encrypted. */
export function encryptedOdt(): Buffer {
  return odfPackage("text", "<text:p/>", `<manifest:encryption-data manifest:checksum="c2VjcmV0"/>`);
}

/** What Office stores a password-protected docx, xlsx or pptx in: a compound file with the stream `EncryptedPackage`. */
export function encryptedOffice(): Buffer {
  return compoundFile({ EncryptedPackage: Buffer.alloc(64), EncryptionInfo: Buffer.alloc(64) });
}

/** A compound file with a stream that begins as that of a protected doc, xls or ppt does. */
export function encryptedLegacy(type: "doc" | "xls" | "ppt"): Buffer {
  const stream = Buffer.alloc(64);
  switch (type) {
    case "doc":
      stream.writeUInt16LE(0x0100, 10);
      return compoundFile({ WordDocument: stream });
    case "xls":
      stream.writeUInt16LE(0x0809, 0);
      stream.writeUInt16LE(0x002f, 4);
      return compoundFile({ Workbook: stream });
    case "ppt":
      stream.writeUInt32LE(0xf3d1c4df, 12);
      return compoundFile({ "PowerPoint Document": Buffer.alloc(64), "Current User": stream });
  }
}

/** A document of half a megabyte that unpacks to `megabytes`. */
export function swollenOdt(megabytes: number): Buffer {
  return odfPackage("text", "<text:p/>", "", { "Pictures/zeros": Buffer.alloc(megabytes * 1024 * 1024) });
}

/** A spreadsheet of a few hundred bytes with a million rows. */
export function millionRows(): Buffer {
  const cell = `<table:table-cell><text:p>x</text:p></table:table-cell>`;
  const rows = `<table:table-row table:number-rows-repeated="1000000">${cell}</table:table-row>`;
  return odfPackage("spreadsheet", `<table:table>${rows}</table:table>`);
}

/** A text document of as many pages. */
export function longOdt(pages: number): Buffer {
  const page = (_: unknown, index: number): string => `<text:p text:style-name="break">Page ${index + 1}</text:p>`;
  return odfPackage("text", Array.from({ length: pages }, page).join(""));
}

/** A zip archive of a text file: a type that is known, though not to the converter. */
export function archive(): Buffer {
  return zip({ "readme.txt": "Nothing to see." });
}

function picture(width: number, height: number): Sharp {
  const plain = (background: string, width: number) => ({
    create: { width, height, channels: 3 as const, background },
  });
  const left = { input: plain("orange", Math.ceil(width / 2)), left: 0, top: 0 };
  return sharp(plain("steelblue", width)).composite([left]);
}

/** @param parts besides those that every such file has. */
export function odfPackage(
  type: OdfType,
  body: string,
  encryption = "",
  parts: Readonly<Record<string, Buffer | string>> = {},
  styles = "",
): Buffer {
  const odf = "urn:oasis:names:tc:opendocument:xmlns";
  const mediaType = `application/vnd.oasis.opendocument.${type}`;
  const namespaces = ["office", "text", "table", "style", "manifest"]
    .map((name) => `xmlns:${name}="${odf}:${name}:1.0"`)
    .join(" ");
  return zip({
    mimetype: mediaType,
    "content.xml": `<office:document-content ${namespaces} xmlns:draw="${odf}:drawing:1.0" xmlns:svg="${odf}:svg-compatible:1.0"
      xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:fo="${odf}:xsl-fo-compatible:1.0" office:version="1.3">
      <office:automatic-styles><style:style style:name="break" style:family="paragraph">
      <style:paragraph-properties fo:break-before="page"/></style:style>${styles}</office:automatic-styles>
      <office:body><office:${type}>${body}</office:${type}></office:body></office:document-content>`,
    "META-INF/manifest.xml": `<manifest:manifest ${namespaces} manifest:version="1.3">
      <manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/>
      <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">${encryption}</manifest:file-entry>
      </manifest:manifest>`,
    ...parts,
  });
}
