/**
 * The files a fixture page loads: the two hosts' bundles as they are published, the built library, sockjs-client.
 *
 * Knows nothing of the push server it is mounted on.
 */
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";

const ROOT = new URL("../../", import.meta.url);

const FOLDERS = {
  // The hosts find their chunks beside the script that loads them, whatever the address.
  "/patternslib": "node_modules/@patternslib/patternslib/dist/",
  "/mockup": "node_modules/@plone/mockup/dist/",
  "/dist": "dist/",
  "/sockjs": "node_modules/sockjs-client/dist/",
} as const;

export function assets(): Express {
  const app = express();
  for (const [path, folder] of Object.entries(FOLDERS)) {
    app.use(path, express.static(fileURLToPath(new URL(folder, ROOT)), { index: false }));
  }
  // Without an answer of ours the browser's own request would be an error in the console.
  app.get("/favicon.ico", (_request, response) => response.status(204).end());
  return app;
}
