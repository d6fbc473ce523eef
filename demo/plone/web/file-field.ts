/**
 * The upload of a form with one file: multer's work, with its errors as sentences. Knows nothing of what the file is for.
 */
import type { Request, Response } from "express";
import multer, { MulterError } from "multer";
import { fileSize } from "../views/format.ts";
import { Problem } from "./problem.ts";

export interface ReceivedFile {
  /** Where the file is. The caller has to move or remove it. */
  readonly path: string;
  /** The file's name, safe to show. */
  readonly title: string;
  /** In bytes. */
  readonly size: number;
}

/** Reads a form; its other fields are in `request.body` afterwards. Resolves to undefined when the form has no file. */
export type ReceiveFile = (request: Request, response: Response) => Promise<ReceivedFile | undefined>;

const FIELD_NAME = "file";
const MAX_TITLE_CHARACTERS = 200;
const MAX_FIELDS = 10;
const MAX_FIELD_BYTES = 1024;

/** @param folder where files are written while they arrive. */
export function fileReceiver(folder: string, maxBytes: number): ReceiveFile {
  const middleware = multer({
    dest: folder,
    limits: { fileSize: maxBytes, files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
    defParamCharset: "utf8", // browsers write file names in UTF-8; the standard's default is Latin-1
  }).single(FIELD_NAME);

  return (request, response) =>
    new Promise((resolve, reject) => {
      middleware(request, response, (error: unknown) => {
        if (error) return reject(asProblem(error, maxBytes));
        const { file } = request;
        resolve(file && { path: file.path, title: titleOf(file.originalname), size: file.size });
      });
    });
}

function asProblem(error: unknown, maxBytes: number): unknown {
  if (error instanceof MulterError && error.code === "LIMIT_FILE_SIZE") {
    const words = `This file is larger than ${fileSize(maxBytes)}, the most that can be uploaded.`;
    return new Problem(413, words, { cause: error });
  }
  if (error instanceof MulterError) {
    const words = `The form could not be read: expected one file in the field “${FIELD_NAME}”, found something else.`;
    return new Problem(400, words, { cause: error });
  }
  // An error of the file system, such as a full disk, is the server's fault; a form that is cut off or invalid is not.
  if (error instanceof Error && "syscall" in error) return error;
  return new Problem(400, "The form could not be read: it is damaged or incomplete.", { cause: error });
}

/**
 * Removes from a file's name what could deceive its reader: control characters, changes of writing direction, half
 * surrogate pairs, excessive length. Joiners stay: Persian names and emoji need them.
 */
function titleOf(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u200b\u202a-\u202e\u2066-\u2069\ufeff]/gu, "").trim();
  return [...visible].slice(0, MAX_TITLE_CHARACTERS).join("") || "Untitled";
}
