/**
 * Plone, as one Express application in one of two roles: the frontend answers browsers; the worker instance does the
 * tasks, and cannot be reached from outside. Composes the routes, and knows nothing of ports.
 */
import { constants } from "node:zlib";
import compression from "compression";
import express, { type Express, type RequestHandler } from "express";
import { accountRoutes, whoami } from "./web/account-routes.ts";
import { errors, notFound } from "./web/errors.ts";
import { ownPagesOnly } from "./web/own-pages.ts";
import { securityHeaders } from "./web/security-headers.ts";
import { staticFiles } from "./web/static-files.ts";
import { asyncStatus, asyncStatusTask, type Status } from "./workspace/async-status.ts";
import { documentRoutes } from "./workspace/document-routes.ts";
import { generatePreviews } from "./workspace/generate-previews.ts";
import { howItWorks } from "./workspace/how-it-works.ts";
import { manage } from "./workspace/manage.ts";
import { replace } from "./workspace/replace.ts";
import type { FrontendServices, WorkerServices } from "./workspace/services.ts";
import { snippetRoutes } from "./workspace/snippets.ts";
import { tryAgain } from "./workspace/try-again.ts";
import { UnfinishedLimit } from "./workspace/unfinished.ts";
import { upload } from "./workspace/upload.ts";
import { workspaceRoutes } from "./workspace/workspace-routes.ts";

/** For pages of some kB: Brotli's own takes megabytes for each response under way, and the time to get them. */
const SMALL_WINDOW = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 16 };

export interface FrontendDeps extends FrontendServices {
  readonly status: Status;
  /** Told of each logout; only a gateway in the same process can be. */
  readonly loggedOut?: (cookie: string | undefined) => void;
}

export function createFrontend(deps: FrontendDeps): Express {
  const limit = new UnfinishedLimit(deps.content);
  const app = express();
  app.disable("x-powered-by");
  // No page is the same twice, for the positions in it, and the library asks no cache: for a snippet it would be bytes alone.
  app.disable("etag");
  // The address of a browser is what a proxy on this machine says, and nobody else.
  app.set("trust proxy", "loopback");
  // Texts alone: images are compressed, and sockets are the gateway's.
  app.use(compression({ brotli: { params: SMALL_WINDOW } }));
  app.use(securityHeaders);
  app.use(ownPagesOnly(deps.siteOrigin));
  app.use(staticFiles());
  app.use(privately);
  app.use(whoami(deps.session));
  app.use(accountRoutes(deps, deps.loggedOut));
  app.use(snippetRoutes(deps));
  app.use(workspaceRoutes(deps));
  app.use(upload(deps, limit));
  app.use(replace(deps, limit));
  app.use(tryAgain(deps, limit));
  app.use(manage(deps));
  app.use(documentRoutes(deps));
  app.use(howItWorks(deps));
  app.use(asyncStatus(deps));
  app.use(notFound, errors(deps));
  return app;
}

export function createWorker(deps: WorkerServices): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders, privately);
  app.use(generatePreviews(deps));
  app.use(asyncStatusTask(deps));
  app.use(notFound, errors(deps));
  return app;
}

/** Responses are one user's, and revalidated. Not `no-store`: that would bar the page from the back/forward cache. */
const privately: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "private, no-cache");
  next();
};
