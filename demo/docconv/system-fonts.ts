/**
 * PDFium's door to the system's fonts: FPDF_SYSFONTINFO of its public/fpdf_sysfontinfo.h, with fontconfig behind it.
 *
 * The WebAssembly build has an empty file system, so that without this every font that is not embedded is one of PDFium's
 * own, which have Latin letters only.
 */
import { readFileSync } from "node:fs";
import type { PDFiumModule } from "@hyzyla/pdfium";
import { type FontFile, type FontQuery, matchFont } from "./fontconfig.ts";
import { type Callback, setCallbacks } from "./wasm-functions.ts";

export type Pdfium = Awaited<ReturnType<typeof PDFiumModule>>;

/** Windows' character sets, by which PDFium names scripts, with a language of each (fpdf_sysfontinfo.h, FXFONT_*). */
const LANGUAGES: Readonly<Record<number, string>> = {
  128: "ja",
  129: "ko",
  130: "ko",
  134: "zh-cn",
  136: "zh-tw",
  161: "el",
  163: "vi",
  177: "he",
  178: "ar",
  204: "ru",
  222: "th",
  238: "pl",
};
const FIXED_PITCH = 1;

/** Their letters are signs, which no other font has in the same places: PDFium's own are right. */
const SIGNS = /^(Symbol|ZapfDingbats)/;

/** Scripts are told by what was asked for, since PDFium does not say what it could not draw. */
export class SystemFonts {
  readonly #match: (query: FontQuery) => FontFile | undefined;
  readonly #known = new Map<string, number>();
  readonly #faces: Face[] = [];
  #missing = false;

  constructor(match = matchFont) {
    this.#match = match;
  }

  /** Whether a font was asked for since the last time that nothing here can stand in for. */
  takeMissing(): boolean {
    const missing = this.#missing;
    this.#missing = false;
    return missing;
  }

  /** Tell PDFium, which keeps the functions until it is gone. */
  installIn(pdfium: Pdfium): void {
    const { memory, table, defaultSystemFontInfo, setSystemFontInfo } = exportsOf(pdfium);
    const bytes = (at: number, length?: number): Buffer => Buffer.from(memory.buffer, at, length);
    const name = (at: number): string => bytes(at, bytes(at).indexOf(0)).toString("utf8");
    const write = (data: Buffer, buffer: number, size: number): number => {
      if (buffer !== 0 && size >= data.length) bytes(buffer, size).set(data);
      return data.length;
    };
    const face = (handle: number): Face | undefined => this.#faces[handle - 1];

    const callbacks: readonly Callback[] = [
      {
        parameters: 7, // MapFont
        answers: true,
        call: (_, weight = 0, italic = 0, charset = 0, pitch = 0, family = 0) =>
          this.#map(name(family), weight, italic !== 0, charset, pitch),
      },
      { parameters: 2, answers: true, call: () => 0 }, // GetFont, by a name that EnumFonts would have given
      {
        parameters: 5, // GetFontData
        answers: true,
        call: (_, handle = 0, tag = 0, buffer = 0, size = 0) =>
          write(face(handle)?.table(tag) ?? NOTHING, buffer, size),
      },
      {
        parameters: 4, // GetFaceName
        answers: true,
        call: (_, handle = 0, buffer = 0, size = 0) =>
          write(Buffer.from(`${face(handle)?.name ?? ""}\0`), buffer, size),
      },
      { parameters: 2, answers: true, call: (_, handle = 0) => face(handle)?.charset ?? 0 }, // GetFontCharset
      { parameters: 2, answers: false, call: () => undefined }, // DeleteFont: faces are kept for the next page
    ];
    // The table cannot grow, so ours take the slots of PDFium's own functions, which nobody else calls: after the version,
    // Release and EnumFonts come these six.
    const at = defaultSystemFontInfo();
    const slots = new Uint32Array(memory.buffer, at + 3 * 4, callbacks.length);
    setCallbacks(table, [...slots], callbacks);
    new Uint32Array(memory.buffer, at).set([1, 0, 0]);
    setSystemFontInfo(at);
  }

  #map(family: string, weight: number, italic: boolean, charset: number, pitch: number): number {
    const language = LANGUAGES[charset];
    if (SIGNS.test(family)) return 0;
    const query = { family, weight, italic, monospaced: (pitch & FIXED_PITCH) !== 0, language };
    const key = JSON.stringify(query);
    let handle = this.#known.get(key);
    if (handle === undefined) {
      const file = this.#match(query);
      handle = file === undefined ? 0 : this.#faces.push(new Face(file, family, charset));
      this.#known.set(key, handle);
    }
    if (handle === 0 && language !== undefined) this.#missing = true;
    return handle;
  }
}

const NOTHING = Buffer.alloc(0);
const COLLECTION = 0x74746366; // "ttcf", as a table's tag

/** One face of a font file, read when it is drawn with. */
class Face {
  readonly name: string;
  readonly charset: number;
  readonly #file: FontFile;
  #bytes: Buffer | undefined;

  constructor(file: FontFile, name: string, charset: number) {
    this.#file = file;
    this.name = name;
    this.charset = charset;
  }

  /** A table of the font, by its tag; 0 is the whole font, and a collection is asked for as a table of its own. */
  table(tag: number): Buffer {
    this.#bytes ??= readFileSync(this.#file.path);
    const collection = this.#bytes.toString("latin1", 0, 4) === "ttcf";
    // PDFium tells the face in a collection by how much of the file is left from its beginning.
    const start = collection ? this.#bytes.readUInt32BE(12 + 4 * this.#file.index) : 0;
    if (tag === 0) return this.#bytes.subarray(start);
    if (tag === COLLECTION) return collection ? this.#bytes : NOTHING;
    for (let entry = start + 12, left = this.#bytes.readUInt16BE(start + 4); left > 0; left--, entry += 16) {
      if (this.#bytes.readUInt32BE(entry) !== tag) continue;
      const offset = this.#bytes.readUInt32BE(entry + 8);
      return this.#bytes.subarray(offset, offset + this.#bytes.readUInt32BE(entry + 12));
    }
    return NOTHING;
  }
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  readonly defaultSystemFontInfo: () => number;
  readonly setSystemFontInfo: (structure: number) => void;
}

/** The package's types name only the few functions that it uses itself. */
function exportsOf({ wasmExports }: Pdfium): Exports {
  const of = (name: string): unknown => Reflect.get(wasmExports, name);
  const [memory, table] = [of("memory"), of("__indirect_function_table")];
  const [get, set] = [of("FPDF_GetDefaultSystemFontInfo"), of("FPDF_SetSystemFontInfo")];
  if (!(memory instanceof WebAssembly.Memory && table instanceof WebAssembly.Table)) throw unusable();
  if (typeof get !== "function" || typeof set !== "function") throw unusable();
  return { memory, table, defaultSystemFontInfo: () => Number(get()), setSystemFontInfo: (at) => void set(at) };
}

function unusable(): TypeError {
  return new TypeError("expected PDFium to export its memory, its table and the functions for system fonts");
}
