/**
 * Previews of an office document: LibreOffice turns it into a PDF, pdf.ts does the rest.
 *
 * Knows no time limit: LibreOffice stays in the process group of the worker, and dies with it.
 */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Previews } from "./conversion.ts";
import { ConversionError } from "./errors.ts";
import { isEncryptedOdf } from "./odf.ts";
import { pdfPreviews } from "./pdf.ts";

/**
 * LibreOffice's import filter for each type, so that it opens a file as what it was found to be or not at all. The compound
 * file of doc, xls and ppt has none: LibreOffice tells the three apart by the streams inside, which is surer than we can.
 */
const IMPORT_FILTERS: ReadonlyMap<string, string | undefined> = new Map([
  ["cfb", undefined],
  ["odt", "writer8"],
  ["docx", "MS Word 2007 XML"],
  ["rtf", "Rich Text Format"],
  ["ods", "calc8"],
  ["xlsx", "Calc MS Excel 2007 XML"],
  ["odp", "impress8"],
  ["pptx", "Impress MS PowerPoint 2007 XML"],
]);

export function isOfficeType(extension: string): boolean {
  return IMPORT_FILTERS.has(extension);
}

export interface OfficeOptions {
  readonly maxPages: number;
  /** An existing, empty directory for everything LibreOffice writes. Whoever made it removes it. */
  readonly scratch: string;
  /** Path of the program. Without it, the first `soffice` or `libreoffice` on PATH. */
  readonly soffice?: string | undefined;
}

/**
 * @param extension of the type found in the content, one that `isOfficeType` knows.
 * @throws {ConversionError} `no-office`, `encrypted`, `broken`.
 */
export async function officePreviews(bytes: Buffer, extension: string, options: OfficeOptions): Promise<Previews> {
  if (isEncryptedOdf(bytes)) {
    throw new ConversionError("encrypted", "This document is protected by a password, so there is no preview.");
  }
  const { maxPages, scratch, soffice = await findOffice() } = options;
  if (soffice === undefined) throw noOffice();

  await writeFile(join(scratch, `document.${extension}`), bytes);
  await writeProfile(join(scratch, "profile"));
  try {
    await promisify(execFile)(soffice, commandLine(extension, scratch), {
      cwd: scratch,
      env: { ...process.env, HOME: scratch, TMPDIR: scratch },
    });
    // LibreOffice exits with 0 when it could not load the document; only the PDF tells.
    return await pdfPreviews(await readFile(join(scratch, "document.pdf")), maxPages);
  } catch (cause) {
    if (cause instanceof ConversionError) throw cause;
    if (isMissing(cause, soffice)) throw noOffice({ cause });
    throw new ConversionError(
      "broken",
      "This document cannot be opened, so there is no preview. It may be damaged, or protected by a password.",
      { cause },
    );
  }
}

/** The first `soffice` or `libreoffice` on PATH, or undefined when there is none. */
export async function findOffice(path = process.env["PATH"] ?? ""): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    for (const program of ["soffice", "libreoffice"]) {
      const candidate = join(directory, program);
      const executable = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (executable) return candidate;
    }
  }
  return undefined;
}

function commandLine(extension: string, scratch: string): string[] {
  const filter = IMPORT_FILTERS.get(extension);
  return [
    `-env:UserInstallation=${pathToFileURL(join(scratch, "profile"))}`,
    "--headless",
    "--norestore",
    ...(filter === undefined ? [] : [`--infilter=${filter}`]),
    "--convert-to",
    "pdf",
    "--outdir",
    scratch,
    join(scratch, `document.${extension}`),
  ];
}

/**
 * A profile of its own for each run: two runs cannot share one, and none finds what another left.
 *
 * A document may link to images and files elsewhere. Opened on a server they would be fetched from inside its network, or
 * read from its disk, so they are blocked; a proxy that is not there stops what else would call out. No macro runs.
 */
async function writeProfile(directory: string): Promise<void> {
  const security = "/org.openoffice.Office.Common/Security/Scripting";
  const network = "/org.openoffice.Inet/Settings";
  const set = (path: string, name: string, value: string | number | boolean): string =>
    `<item oor:path="${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`;

  const items = [
    set(security, "BlockUntrustedRefererLinks", true),
    set(security, "DisableMacrosExecution", true),
    set(security, "MacroSecurityLevel", 3),
    set(network, "ooInetProxyType", 2),
    set(network, "ooInetNoProxy", ""),
    ...["HTTP", "HTTPS", "FTP"].flatMap((scheme) => [
      set(network, `ooInet${scheme}ProxyName`, "127.0.0.1"),
      set(network, `ooInet${scheme}ProxyPort`, 9),
    ]),
  ];
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">${items.join("")}</oor:items>`;
  await mkdir(join(directory, "user"), { recursive: true });
  await writeFile(join(directory, "user", "registrymodifications.xcu"), xml);
}

function isMissing(error: unknown, program: string): boolean {
  return (
    error instanceof Error && "code" in error && error.code === "ENOENT" && "path" in error && error.path === program
  );
}

function noOffice(options?: ErrorOptions): ConversionError {
  return new ConversionError(
    "no-office",
    "Previews of office documents need LibreOffice, which is not installed on this server.",
    options,
  );
}
