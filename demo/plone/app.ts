/**
 * Plone, as one Express application in one of two roles: the frontend answers browsers; the worker instance does the
 * tasks, and cannot be reached from outside. Composes the routes, and knows nothing of ports.
 */
import express, { type Express, type RequestHandler } from "express";
import { accountRoutes, whoami } from "./web/account-routes.ts";
import { asyncStatus, type Status } from "./web/async-status.ts";
import { errors, notFound } from "./web/errors.ts";
import { securityHeaders } from "./web/security-headers.ts";
import { staticFiles } from "./web/static-files.ts";
import { documentRoutes } from "./workspace/document-routes.ts";
import { generatePreviews } from "./workspace/generate-previews.ts";
import type { FrontendServices, Services } from "./workspace/services.ts";
import { snippetRoutes } from "./workspace/snippets.ts";
import { upload } from "./workspace/upload.ts";
import { workspaceRoutes } from "./workspace/workspace-routes.ts";

export interface FrontendDeps extends FrontendServices {
  readonly status: Status;
  /** Told of each logout; only a gateway in the same process can be. */
  readonly loggedOut?: (cookie: string | undefined) => void;
}

export function createFrontend(deps: FrontendDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  app.use(staticFiles());
  app.use(privately);
  app.use(whoami(deps.session));
  app.use(accountRoutes(deps.session, deps.loggedOut));
  app.use(snippetRoutes(deps));
  app.use(workspaceRoutes(deps));
  app.use(upload(deps));
  app.use(documentRoutes(deps));
  app.use(asyncStatus(deps.status));
  app.use(notFound, errors(deps));
  return app;
}

export function createWorker(deps: Services): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders, privately);
  app.use(generatePreviews(deps));
  app.use(notFound, errors(deps));
  return app;
}

/** Responses are one user's, and revalidated. Not `no-store`: that would bar the page from the back/forward cache. */
const privately: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "private, no-cache");
  next();
};
