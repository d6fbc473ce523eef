/**
 * The process in which one conversion happens: reads the file, answers with one outcome, and waits to be killed.
 *
 * A process, not a thread: PDFium, sharp and LibreOffice are native code fed with strangers' files. A crash or a runaway
 * page then ends with this process instead of the server.
 */
import { readFile } from "node:fs/promises";
import type { Conversion, Kind, Previews } from "./conversion.ts";
import { detect } from "./detect.ts";
import { imagePreviews } from "./image.ts";
import { officePreviews } from "./office.ts";
import { failed } from "./outcome.ts";
import { pdfPreviews } from "./pdf.ts";

// Arguments as worker-process.ts gives them.
const [, , file = "", scratch = "", maxPages = "", soffice] = process.argv;

// Nobody is left to kill this group when the server itself was killed.
process.once("disconnect", () => process.kill(-process.pid, "SIGKILL"));

process.send?.(await conversion().then((conversion) => ({ ok: true, conversion }), failed));

async function conversion(): Promise<Conversion> {
  const bytes = await readFile(file);
  const { kind, extension } = await detect(bytes);
  return { kind, ...(await previews(kind, bytes, extension)) };
}

function previews(kind: Kind, bytes: Buffer, extension: string): Promise<Previews> {
  switch (kind) {
    case "pdf":
      return pdfPreviews(bytes, Number(maxPages));
    case "image":
      return imagePreviews(bytes);
    case "office":
      return officePreviews(bytes, extension, { maxPages: Number(maxPages), scratch, soffice });
  }
}
