/**
 * Static files: the demo's own, Patternslib, and the built library, loaded as any site would load it. Knows nothing of
 * users: everyone may have them.
 */
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";
import { RESOURCES } from "../views/resources.ts";

const ROOT = new URL("../../../", import.meta.url);

const FOLDERS = {
  demo: "demo/plone/static/",
  // The whole folder: Patternslib's bundle loads its chunks from beside itself.
  patternslib: "node_modules/@patternslib/patternslib/dist/",
  "pat-inject-async": "dist/",
} as const;

export function staticFiles(): Router {
  const router = express.Router();
  for (const [name, folder] of Object.entries(FOLDERS)) {
    // "+" is an operator in Express's paths.
    router.use(
      `${RESOURCES.replaceAll("+", "\\+")}${name}`,
      express.static(fileURLToPath(new URL(folder, ROOT)), { index: false }),
    );
  }
  // Browsers request this one whatever icon the page names.
  router.get("/favicon.ico", (_request, response) => response.redirect(301, `${RESOURCES}demo/favicon.svg`));
  return router;
}
