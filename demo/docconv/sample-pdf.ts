/**
 * A PDF writer just large enough for test documents, and for the page that a worker practises on: pages of Helvetica lines,
 * pages that never end, fonts that are not embedded, password protection. Follows PDF 32000-1:2008; knows nothing of the
 * conversion.
 */
import { createHash } from "node:crypto";

const FONT = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
const A4 = "/MediaBox [0 0 595 842]";

interface PdfObject {
  /** What stands between `<<` and `>>`. */
  readonly dictionary: string;
  readonly stream?: string;
}

/** A valid PDF of A4 pages. Each text is one page; its lines are printed below each other, in Latin-1. */
export function pdf(texts: readonly string[], protection?: Protection): Buffer {
  const kids = texts.map((_, index) => `${3 + 2 * index} 0 R`).join(" ");
  const pages = texts.flatMap((text, index) => textPage(3 + 2 * index, text, FONT));
  return write([CATALOG, { dictionary: `/Type /Pages /Kids [${kids}] /Count ${texts.length}` }, ...pages], protection);
}

/** A PDF that asks for `password` before it shows anything: the standard security handler, RC4 with 40 bits. */
export function encryptedPdf(texts: readonly string[], password: string): Buffer {
  return pdf(texts, new Protection(password));
}

/** A valid PDF whose only page is filled with a pattern of 10^13 tiles, for no reader to finish. */
export function endlessPdf(): Buffer {
  return write([CATALOG, { dictionary: "/Type /Pages /Kids [3 0 R] /Count 1" }, ...endlessPage(3)]);
}

/** A page of Helvetica, and behind it one that never ends. */
export function endsInEndless(text: string): Buffer {
  return write([
    CATALOG,
    { dictionary: "/Type /Pages /Kids [3 0 R 5 0 R] /Count 2" },
    ...textPage(3, text, FONT),
    ...endlessPage(5),
  ]);
}

/** A PDF whose page tree has itself among its kids, and so no page that can be reached. */
export function cyclicPdf(): Buffer {
  return write([CATALOG, { dictionary: "/Type /Pages /Kids [2 0 R] /Count 1" }, ...textPage(3, "Unreachable", FONT)]);
}

/** Fonts that the PDF names and does not bring along: Cyrillic letters by their Unicode, and Japanese ones. */
export function unembedded(script: "cyrillic" | "japanese", hex: string): Buffer {
  const [font, ordering, encoding] =
    script === "cyrillic" ? ["Arial", "Identity", "Identity-H"] : ["MS-Gothic", "Japan1", "UniJIS-UCS2-H"];
  const info = `/CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 0 >>`;
  const letters = hex.match(/.{4}/g) ?? [];
  const unicode =
    "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange " +
    `${letters.length} beginbfchar ${letters.map((code) => `<${code}> <${code}>`).join(" ")} endbfchar endcmap end`;
  return write([
    CATALOG,
    { dictionary: "/Type /Pages /Kids [3 0 R] /Count 1" },
    { dictionary: `/Type /Page /Parent 2 0 R ${A4} /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R` },
    { dictionary: "", stream: `BT /F1 48 Tf 72 700 Td <${hex}> Tj ET` },
    {
      dictionary: `/Type /Font /Subtype /Type0 /BaseFont /${font} /Encoding /${encoding} /DescendantFonts [6 0 R]${
        script === "cyrillic" ? " /ToUnicode 8 0 R" : ""
      }`,
    },
    { dictionary: `/Type /Font /Subtype /CIDFontType2 /BaseFont /${font} ${info} /FontDescriptor 7 0 R /DW 1000` },
    {
      dictionary: `/Type /FontDescriptor /FontName /${font} /Flags 32 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80`,
    },
    { dictionary: "", stream: unicode },
  ]);
}

function textPage(number: number, text: string, resources: string): PdfObject[] {
  return [
    { dictionary: `/Type /Page /Parent 2 0 R ${A4} /Resources ${resources} /Contents ${number + 1} 0 R` },
    { dictionary: "", stream: `BT /F1 24 Tf 30 TL 72 740 Td ${text.split("\n").map(showLine).join(" ")} ET` },
  ];
}

function endlessPage(number: number): PdfObject[] {
  const step = 0.0002;
  const pattern = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /Resources << >>";
  return [
    {
      dictionary: `/Type /Page /Parent 2 0 R ${A4} /Resources << /Pattern << /P ${number + 2} 0 R >> >> /Contents ${number + 1} 0 R`,
    },
    { dictionary: "", stream: "/Pattern cs /P scn 0 0 595 842 re f" },
    { dictionary: `${pattern} /XStep ${step} /YStep ${step}`, stream: "1 0 0 rg 0 0 1 1 re f" },
  ];
}

const CATALOG: PdfObject = { dictionary: "/Type /Catalog /Pages 2 0 R" };

function showLine(line: string): string {
  return `(${line.replace(/[\\()]/g, "\\$&")}) Tj T*`;
}

/** Objects are numbered as they come, from 1; the first is the catalogue. */
function write(objects: readonly PdfObject[], protection?: Protection): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const put = (part: string | Buffer): void => {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    parts.push(bytes);
    length += bytes.length;
  };

  put("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n");
  const offsets = objects.map(({ dictionary, stream }, index) => {
    const offset = length;
    put(`${index + 1} 0 obj\n`);
    if (stream === undefined) {
      put(`<< ${dictionary} >>`);
    } else {
      const plain = Buffer.from(stream, "latin1");
      const data = protection?.encrypt(index + 1, plain) ?? plain;
      put(`<< ${dictionary} /Length ${data.length} >>\nstream\n`);
      put(data);
      put("\nendstream");
    }
    put("\nendobj\n");
    return offset;
  });

  // An entry of the table has exactly twenty bytes (7.5.4), hence the blank before each line's end.
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const table = length;
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`);
  put(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${protection?.trailer ?? ""} >>\n`);
  put(`startxref\n${table}\n%%EOF\n`);
  return Buffer.concat(parts);
}

/** The standard security handler, revision 2 (7.6.3): algorithms 1 (objects), 2 (key), 3 (owner) and 4 (user). */
class Protection {
  static readonly #PADDING = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");
  static readonly #ID = Buffer.from("pat-inject-async", "latin1");
  static readonly #PERMISSIONS = -4;

  /** What the trailer says about it. */
  readonly trailer: string;
  readonly #key: Buffer;

  constructor(password: string) {
    const padded = Buffer.concat([Buffer.from(password, "latin1"), Protection.#PADDING]).subarray(0, 32);
    const permissions = Buffer.alloc(4);
    permissions.writeInt32LE(Protection.#PERMISSIONS);
    const owner = rc4(md5(padded).subarray(0, 5), padded);
    this.#key = md5(Buffer.concat([padded, owner, permissions, Protection.#ID])).subarray(0, 5);
    const user = rc4(this.#key, Protection.#PADDING);
    const id = Protection.#ID.toString("hex");
    this.trailer =
      `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${owner.toString("hex")}> /U <${user.toString("hex")}>` +
      ` /P ${Protection.#PERMISSIONS} >> /ID [<${id}> <${id}>]`;
  }

  encrypt(objectNumber: number, data: Buffer): Buffer {
    const suffix = Buffer.alloc(5);
    suffix.writeUIntLE(objectNumber, 0, 3);
    return rc4(md5(Buffer.concat([this.#key, suffix])).subarray(0, 10), data);
  }
}

function md5(data: Buffer): Buffer {
  return createHash("md5").update(data).digest();
}

// Node's OpenSSL has dropped RC4; it is good enough for a lock that only has to be noticed.
function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const at = (index: number): number => state[index & 255] ?? 0;
  const swap = (a: number, b: number): void => {
    [state[a], state[b]] = [at(b), at(a)];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let j = 0;
  return Buffer.from(
    data.map((byte, index) => {
      const i = (index + 1) & 255;
      j = (j + at(i)) & 255;
      swap(i, j);
      return byte ^ at(at(i) + at(j));
    }),
  );
}
