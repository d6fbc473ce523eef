/** The site under test, in small: a listing, and the scripts of its theme. */
import { createReadStream } from "node:fs";
import type { RequestListener } from "node:http";
import { fileURLToPath } from "node:url";

const SCRIPTS: Readonly<Record<string, string>> = {
  "/patternslib/": "../../node_modules/@patternslib/patternslib/dist/",
  "/scripts/": "../../dist/",
};

const LISTING = `<!DOCTYPE html>
<title>Listing</title>
<link rel="icon" href="data:,">
<script src="/patternslib/bundle.min.js"></script>
<script src="/scripts/pat-inject-async.min.js"></script>
<body class="pat-inject-async" data-pat-inject-async="url: /push; position: 1732361000000-0">
<div id="preview-1" class="pat-inject-async" data-pat-inject-async="pending: /doc/1/@@preview">Preview is being generated</div>
`;

export const site: RequestListener = ({ url = "" }, response) => {
  const prefix = Object.keys(SCRIPTS).find((start) => url.startsWith(start));
  if (prefix !== undefined) {
    const file = new URL(`${SCRIPTS[prefix]}${url.slice(prefix.length)}`, import.meta.url);
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    createReadStream(fileURLToPath(file)).pipe(response);
  } else if (url === "/listing") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(LISTING);
  } else {
    response.writeHead(404).end();
  }
};
