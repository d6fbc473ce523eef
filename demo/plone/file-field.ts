/**
 * Receiving a form with one file in it: multer's work, with its errors in words. Knows nothing of what the file is for.
 */
import type { Request, Response } from "express";
import multer, { MulterError } from "multer";
import { hasCode } from "./files.ts";
import { fileSize } from "./format.ts";
import { Problem } from "./problem.ts";

export interface ReceivedFile {
  /** Where it lies. Whoever received it moves it away or removes it. */
  readonly path: string;
  /** Its name, as the user may see it. */
  readonly title: string;
  /** In bytes. */
  readonly size: number;
}

/** Reads a form; its other fields go to `request.body`. Undefined when the form has no file. */
export type Receive = (request: Request, response: Response) => Promise<ReceivedFile | undefined>;

const FIELD = "file";
const LONGEST_TITLE = 200;

/**
 * @param folder where files are written while they arrive.
 * @param maxSize in bytes.
 */
export function receiver(folder: string, maxSize: number): Receive {
  const middleware = multer({
    dest: folder,
    limits: { fileSize: maxSize, files: 1, fields: 10, fieldSize: 1024 },
    defParamCharset: "utf8", // browsers write file names in UTF-8; the standard's default is Latin-1
  }).single(FIELD);

  return (request, response) =>
    new Promise((resolve, reject) => {
      middleware(request, response, (error: unknown) => {
        if (error) return reject(inWords(error, maxSize));
        const { file } = request;
        resolve(file && { path: file.path, title: titleOf(file.originalname), size: file.size });
      });
    });
}

function inWords(error: unknown, maxSize: number): unknown {
  if (hasCode(error, "LIMIT_FILE_SIZE")) {
    const words = `This file is larger than ${fileSize(maxSize)}, the most that can be uploaded.`;
    return new Problem(413, words, { cause: error });
  }
  if (error instanceof MulterError) {
    const words = `The form could not be read: expected one file in the field “${FIELD}”, found something else.`;
    return new Problem(400, words, { cause: error });
  }
  // A full disk is our fault; a form that breaks off or is none is not.
  if (error instanceof Error && "syscall" in error) return error;
  return new Problem(400, "The form could not be read: it is damaged or incomplete.", { cause: error });
}

/**
 * Names come from anywhere: no control characters, none that turn the direction of writing, half characters, or no end of
 * length. Joiners stay: Persian names and emoji need them.
 */
function titleOf(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u200b\u202a-\u202e\u2066-\u2069\ufeff]/gu, "").trim();
  return [...visible].slice(0, LONGEST_TITLE).join("") || "Untitled";
}
