/** The pages for errors: a sentence that says what went wrong, with the right status. */
import type { ErrorRequestHandler, RequestHandler } from "express";
import { isNoSpace } from "../content/files.ts";
import { errorPage } from "../views/error.ts";
import { type ChromeSources, chromeOf } from "./chrome.ts";
import { Problem } from "./problem.ts";

export const notFound: RequestHandler = () => {
  throw new Problem(404, "There is nothing at this address. It may have been moved or mistyped.");
};

export interface ErrorSources extends ChromeSources {
  readonly log: (line: string) => void;
}

/** @returns the application's last middleware. Problems are told to the user; unexpected errors are logged as well. */
export function errors(sources: ErrorSources): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    if (!problem || problem.status === 507) sources.log(`${request.method} ${request.path}: ${stackOf(error)}`);
    const status = problem?.status ?? 500;
    const title = problem?.title ?? "Something went wrong";
    const words = problem?.message ?? "That was not your fault, and it has been written to the log. Please try again.";
    const user = sources.session.user(request);
    // The error may be one of reading notifications or the stream, which the header needs too: then it is left out.
    const chrome = user && (await chromeOf(user, sources).catch(() => undefined));
    response.status(status).send(errorPage(chrome, title, words));
  };
}

/** Express and its middleware mark errors about invalid requests with a 4xx status. */
function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (isNoSpace(error)) {
    const words = "There is no room left on the server, so nothing was stored. Please try again later.";
    return new Problem(507, words, { cause: error });
  }
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  if (status === 404) return new Problem(404, "There is nothing at this address.", { cause: error });
  if (status === 413) return new Problem(413, "This is more than the server accepts.", { cause: error });
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new Problem(400, "The request could not be read.", { cause: error });
  }
  return undefined;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
