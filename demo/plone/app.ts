/**
 * Plone, as one Express application in one of two roles: `frontend` is what browsers talk to; `worker` does the tasks and
 * is not reachable from outside. Composes the routes, and knows nothing of ports.
 */
import express, { type ErrorRequestHandler, type Express } from "express";
import { accountRoutes, whoami } from "./account-routes.ts";
import { chromeOf } from "./chrome.ts";
import { documentRoutes } from "./document-routes.ts";
import { generatePreviews } from "./generate-previews.ts";
import { Problem } from "./problem.ts";
import { resources } from "./resources.ts";
import { securityHeaders } from "./security-headers.ts";
import type { FrontendServices, Services } from "./services.ts";
import { snippetRoutes } from "./snippets.ts";
import { upload } from "./upload.ts";
import { errorPage } from "./views/error.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

export function createFrontend(services: FrontendServices): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  app.use(resources());
  app.use(privately);
  app.use(whoami(services));
  app.use(accountRoutes(services));
  app.use(snippetRoutes(services));
  app.use(workspaceRoutes(services));
  app.use(upload(services));
  app.use(documentRoutes(services));
  app.use(notFound, problems(services));
  return app;
}

export function createWorker(services: Services): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders, privately);
  app.use(generatePreviews(services));
  app.use(notFound, problems(services));
  return app;
}

/** Every answer is one user's, and is asked for again. Not `no-store`: that would bar the page from the back/forward cache. */
const privately: express.RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "private, no-cache");
  next();
};

const notFound: express.RequestHandler = () => {
  throw new Problem(404, "There is nothing at this address. It may have been moved or mistyped.");
};

/** The last resort of every request: a page that says in words what happened, with the right status. */
function problems(services: Services): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    if (!problem) services.log(`${request.method} ${request.path}: ${stackOf(error)}`);
    const status = problem?.status ?? 500;
    const title = problem?.title ?? "Something went wrong";
    const words = problem?.message ?? "That was not your fault, and it has been written to the log. Please try again.";
    const user = services.session.user(request);
    // Whatever is broken must not break this page too.
    const chrome = user && (await chromeOf(user, services).catch(() => undefined));
    response.status(status).send(errorPage(chrome, title, words));
  };
}

/** Express and its parts have errors of their own for requests that cannot be read, marked with a 4xx status. */
function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
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
