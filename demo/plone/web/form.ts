/** Forms without files: their fields, read from a request whose body may be anything. */
import express, { type Request, type RequestHandler } from "express";
import multer from "multer";
import { Problem } from "./problem.ts";

const multipart = multer({ limits: { fields: 10, fieldSize: 1024 } }).none();

/** Reads a form in both encodings: browsers send it urlencoded, pat-inject as multipart. */
export const readForm: readonly RequestHandler[] = [
  express.urlencoded({ extended: false, limit: "16kb" }),
  (request, response, next) =>
    multipart(request, response, (cause: unknown) =>
      next(cause ? new Problem(400, "The form could not be read: it is damaged or incomplete.", { cause }) : undefined),
    ),
];

/** @returns no fields when the request has no form. */
export function fieldsOf(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  return typeof body === "object" && body !== null ? { ...body } : {};
}
