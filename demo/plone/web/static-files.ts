/**
 * Static files: the demo's own, Patternslib, and the built library, loaded as any site would load it. Knows nothing of
 * users: everyone may have them.
 */
import express, { type Request, type Response, type Router } from "express";
import { RESOURCE_FOLDERS, RESOURCES, resource } from "../views/resources.ts";

export function staticFiles(): Router {
  const router = express.Router();
  for (const [name, folder] of Object.entries(RESOURCE_FOLDERS)) {
    const files = express.static(folder, { index: false, setHeaders: keepForEver });
    // "+" is an operator in Express's paths.
    router.use(`${RESOURCES.replaceAll("+", "\\+")}${name}`, files);
  }
  // Browsers request this one whatever icon the page names.
  router.get("/favicon.ico", (_request, response) => response.redirect(301, resource("demo/favicon.svg")));
  return router;
}

/** What is asked for by its version. Everything else is revalidated. */
function keepForEver(response: Response): void {
  const request: Request = response.req;
  if (request.originalUrl.includes("?")) response.set("Cache-Control", "public, max-age=31536000, immutable");
}
