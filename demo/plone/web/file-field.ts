/**
 * The upload of a form with one file: multer's work, with its errors as sentences. Knows nothing of what the file is for.
 */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import type { Request, Response } from "express";
import multer, { diskStorage, MulterError } from "multer";
import { draftPath } from "../content/drafts.ts";
import { fileSize } from "../views/format.ts";
import { titleOf } from "./file-name.ts";
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
const MAX_FIELDS = 10;
const MAX_FIELD_BYTES = 1024;

/** @param folder where files are written while they arrive. */
export function fileReceiver(folder: string, maxBytes: number): ReceiveFile {
  return async (request, response) => {
    const draft = draftPath(folder);
    const middleware = multer({
      storage: diskStorage({ destination: folder, filename: (_request, _file, done) => done(null, basename(draft)) }),
      limits: { fileSize: maxBytes, files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
      defParamCharset: "utf8", // browsers write file names in UTF-8; the standard's default is Latin-1
    }).single(FIELD_NAME);
    const error: unknown = await new Promise((resolve) => middleware(request, response, resolve));
    if (error) {
      // multer leaves what it could not write to the end.
      await rm(draft, { force: true });
      throw asProblem(error, maxBytes);
    }
    const { file } = request;
    return file && { path: file.path, title: titleOf(file.originalname), size: file.size };
  };
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
