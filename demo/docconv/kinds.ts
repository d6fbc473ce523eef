/** The kinds of files that are converted, and by what. One row each; how a kind is recognised is detect.ts's business. */

type Application = "writer" | "calc" | "impress" | "draw";

/** How LibreOffice opens a kind of document. */
export interface OfficeRecipe {
  readonly by: "office";
  /** Of the copy that LibreOffice opens. */
  readonly extension: string;
  /**
   * Its import filter, so that a document is opened as what it was found to be or not at all. Without one LibreOffice tells by
   * the content, and then by the extension.
   */
  readonly filter: string | undefined;
  readonly application: Application;
  /** How its links can be taken out, where LibreOffice cannot be locked in. */
  readonly links: "in zip" | "in xml" | "none" | "not removable";
}

/** `otherwise`: LibreOffice is more tolerant of some images than libvips. */
export type Recipe =
  | { readonly by: "pdf" }
  | { readonly by: "image"; readonly otherwise?: OfficeRecipe | undefined }
  | OfficeRecipe;

function rows(
  application: Application,
  links: OfficeRecipe["links"],
  filters: Readonly<Record<string, string | undefined>>,
): [string, OfficeRecipe][] {
  return Object.entries(filters).map(([extension, filter]) => [
    extension,
    { by: "office", extension, filter, application, links },
  ]);
}

const WORD = "MS Word 2007 XML";
const EXCEL = "Calc MS Excel 2007";
const POWERPOINT = "Impress MS PowerPoint 2007 XML";

export const officeKinds: ReadonlyMap<string, OfficeRecipe> = new Map([
  ...rows("writer", "in zip", {
    odt: "writer8",
    ott: "writer8_template",
    odm: "writerglobal8",
    sxw: "StarOffice XML (Writer)",
    docx: WORD,
    docm: `${WORD} VBA`,
    dotx: `${WORD} Template`,
    dotm: `${WORD} Template`,
  }),
  ...rows("calc", "in zip", {
    ods: "calc8",
    ots: "calc8_template",
    sxc: "StarOffice XML (Calc)",
    xlsx: `${EXCEL} XML`,
    xlsm: `${EXCEL} VBA XML`,
    xltx: `${EXCEL} XML Template`,
    xltm: `${EXCEL} XML Template`,
  }),
  ...rows("impress", "in zip", {
    odp: "impress8",
    otp: "impress8_template",
    sxi: "StarOffice XML (Impress)",
    pptx: POWERPOINT,
    pptm: `${POWERPOINT} VBA`,
    potx: `${POWERPOINT} Template`,
    potm: `${POWERPOINT} Template`,
    ppsx: `${POWERPOINT} AutoPlay`,
    ppsm: `${POWERPOINT} AutoPlay`,
  }),
  ...rows("draw", "in zip", { odg: "draw8", otg: "draw8_template", sxd: "StarOffice XML (Draw)" }),
  ...rows("writer", "in xml", { fodt: "OpenDocument Text Flat XML" }),
  ...rows("calc", "in xml", { fods: "OpenDocument Spreadsheet Flat XML" }),
  ...rows("impress", "in xml", { fodp: "OpenDocument Presentation Flat XML" }),
  ...rows("draw", "in xml", { fodg: "OpenDocument Drawing Flat XML" }),
  ...rows("writer", "none", { txt: "Text (encoded):UTF8,LF,,," }),
  ...rows("calc", "none", {
    csv: "Text - txt - csv (StarCalc):44,34,76,1",
    tsv: "Text - txt - csv (StarCalc):9,34,76,1",
  }),
  ...rows("draw", "none", { bmp: "BMP - MS Windows", psd: "PSD - Adobe Photoshop", tif: "TIF - Tag Image File" }),
  ...rows("writer", "not removable", {
    rtf: "Rich Text Format",
    html: "HTML (StarWriter)",
    doc: undefined,
    wpd: undefined,
    wps: undefined,
  }),
  ...rows("calc", "not removable", {
    xlsb: `${EXCEL} Binary`,
    xls: undefined,
    wk1: undefined,
    slk: undefined,
    dbf: undefined,
  }),
  ...rows("impress", "not removable", { ppt: undefined }),
  ...rows("draw", "not removable", { vsd: undefined, vsdx: undefined, pub: undefined, cdr: undefined }),
]);

/** What libvips reads in sharp's build: `sharp.format`, `input.buffer`. */
export const imageKinds: ReadonlySet<string> = new Set(["png", "apng", "jpg", "webp", "gif", "tif", "avif", "svg"]);

/** Opened as what the name says, when the content does not tell: their formats have no mark of their own, or many. */
export const kindsByName: ReadonlySet<string> = new Set([
  ...["doc", "xls", "ppt", "vsd", "pub", "wpd", "wps", "wk1", "slk", "dbf", "cdr"],
]);

/** Text of which the name says what it is. Everything else that is text is shown as it is. */
export const textKinds: Readonly<Record<string, string>> = { csv: "csv", tsv: "tsv", html: "html", htm: "html" };

/** What is recognised and not converted, in words. */
export const otherKinds: Readonly<Record<string, string>> = {
  heic: "a HEIC image",
  heif: "a HEIF image",
  jxl: "a JPEG XL image",
  jp2: "a JPEG 2000 image",
  ico: "an icon file",
  zip: "a ZIP archive",
};

export const odfTypes: Readonly<Record<string, string>> = {
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.text-template": "ott",
  "application/vnd.oasis.opendocument.text-master": "odm",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.spreadsheet-template": "ots",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.presentation-template": "otp",
  "application/vnd.oasis.opendocument.graphics": "odg",
  "application/vnd.oasis.opendocument.graphics-template": "otg",
  "application/vnd.sun.xml.writer": "sxw",
  "application/vnd.sun.xml.calc": "sxc",
  "application/vnd.sun.xml.impress": "sxi",
  "application/vnd.sun.xml.draw": "sxd",
};

/** The content type of the main part ([Content_Types].xml; ECMA-376 part 2, 10.1.2.2), without what all have in common. */
export const ooxmlTypes: Readonly<Record<string, string>> = {
  "openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
  "ms-word.document.macroEnabled.main+xml": "docm",
  "openxmlformats-officedocument.wordprocessingml.template.main+xml": "dotx",
  "ms-word.template.macroEnabledTemplate.main+xml": "dotm",
  "openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
  "ms-excel.sheet.macroEnabled.main+xml": "xlsm",
  "openxmlformats-officedocument.spreadsheetml.template.main+xml": "xltx",
  "ms-excel.template.macroEnabled.main+xml": "xltm",
  "ms-excel.sheet.binary.macroEnabled.main": "xlsb",
  "openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
  "ms-powerpoint.presentation.macroEnabled.main+xml": "pptm",
  "openxmlformats-officedocument.presentationml.template.main+xml": "potx",
  "ms-powerpoint.template.macroEnabled.main+xml": "potm",
  "openxmlformats-officedocument.presentationml.slideshow.main+xml": "ppsx",
  "ms-powerpoint.slideshow.macroEnabled.main+xml": "ppsm",
  "ms-visio.drawing.main+xml": "vsdx",
};

/** Streams by which a compound file is known ([MS-DOC] 2.1, [MS-XLS] 2.1, [MS-PPT] 2.1, and what libvisio and libmspub look for). */
export const compoundStreams: readonly (readonly [stream: string, extension: string])[] = [
  ["WordDocument", "doc"],
  ["PowerPoint Document", "ppt"],
  ["Workbook", "xls"],
  ["Book", "xls"],
  ["VisioDocument", "vsd"],
  ["Quill", "pub"],
  ["PerfectOffice_MAIN", "wpd"],
];
