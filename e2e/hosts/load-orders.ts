/**
 * The orders in which a page loads its host and the library.
 *
 * Knows nothing of what is asserted.
 */
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { hostReady, loadLibrary } from "../support/library-page.ts";
import type { PushServer } from "../support/push-server.ts";
import { integrityOf, ServedBundle, serveFile } from "./served-bundle.ts";

const ROOT = new URL("../../", import.meta.url);
const LIBRARY_FILE = fileURLToPath(new URL("dist/pat-inject-async.min.js", ROOT));
const JQUERY_FILE = fileURLToPath(new URL("node_modules/jquery/dist/jquery.min.js", ROOT));

const HOST = `<script src="${ServedBundle.script}"></script>`;
const LIBRARY = '<script src="/dist/pat-inject-async.min.js"></script>';
export const OTHER_JQUERY = '<script src="/other-jquery.js"></script>';

export interface LoadOrder {
  readonly name: string;
  /** The scripts of the head. */
  head(bundle: ServedBundle): readonly string[];
  /** The scripts at the end of the body. */
  readonly foot?: string;
  /** Before the page is loaded: what the server does not send yet. */
  prepare?(bundle: ServedBundle): void;
  /** Once the document has been parsed. */
  afterwards?(page: Page, bundle: ServedBundle): Promise<void>;
}

const AFTER: LoadOrder = { name: "after", head: () => [HOST, LIBRARY] };

/** As Products.CMFPlone writes its bundles: the host's first, then those that depend on it. */
function ploneHead(bundle: ServedBundle, profile: string): readonly string[] {
  const write = (name: string, address: string, integrity: string, more = "") =>
    `<script ${more}data-bundle="${name}" integrity="${integrity}" src="${address}?version=1"></script>`;
  return [
    write("plone", ServedBundle.script, bundle.integrity, profile),
    write("pat-inject-async", "/dist/pat-inject-async.min.js", integrityOf(LIBRARY_FILE)),
  ];
}

/** As plone.protect ends the body, for a user who is logged in. */
export const PROTECT =
  '<script id="protect-script" src="/protect.js" data-site-url="http://127.0.0.1" data-token="secret"></script>';

/** What plone.protect's own protect.js does to jQuery, where there is one by then. */
const PROTECT_JS = `
  const { siteUrl, token } = document.getElementById("protect-script").dataset;
  window.jQuery?.ajaxSetup({
    beforeSend(xhr, { url }) {
      if (url.startsWith(siteUrl) || !url.includes("//")) xhr.setRequestHeader("X-CSRF-TOKEN", token);
    },
  });
`;

export const AS_PLONE: LoadOrder = {
  name: "as Plone does",
  head: (bundle) => ploneHead(bundle, ""),
  foot: PROTECT,
};

export const LOAD_ORDERS: readonly LoadOrder[] = [
  AFTER,
  { name: "before", head: () => [LIBRARY, HOST] },
  { name: "defer", head: () => [LIBRARY.replace("<script", "<script defer"), HOST] },
  {
    name: "late",
    head: () => [HOST],
    afterwards: async (page) => {
      await hostReady(page);
      await loadLibrary(page);
    },
  },
  {
    name: "twice",
    head: () => [LIBRARY, HOST, LIBRARY],
    afterwards: async (page) => {
      await hostReady(page);
      await loadLibrary(page);
    },
  },
  { name: "a second jQuery before", head: () => [OTHER_JQUERY, HOST, LIBRARY] },
  { name: "a second jQuery after", head: () => [HOST, LIBRARY, OTHER_JQUERY] },
  {
    name: "a second jQuery late",
    head: AFTER.head,
    afterwards: async (page) => {
      await hostReady(page);
      await page.addScriptTag({ url: "/other-jquery.js" });
    },
  },
  {
    name: "chunks that come slowly",
    head: AFTER.head,
    prepare: (bundle) => bundle.holdChunks(),
    afterwards: async (_page, bundle) => bundle.release(),
  },
  {
    name: "chunks that come slowly, the library before",
    head: () => [LIBRARY, HOST],
    prepare: (bundle) => bundle.holdChunks(),
    afterwards: async (_page, bundle) => bundle.release(),
  },
  AS_PLONE,
  {
    name: "as Plone does, the host async and late",
    head: (bundle) => ploneHead(bundle, "async "),
    foot: PROTECT,
    prepare: (bundle) => bundle.holdScript(),
    afterwards: async (_page, bundle) => bundle.release(),
  },
];

export function serveOtherJQuery(push: PushServer): void {
  serveFile(push, "/other-jquery.js", JQUERY_FILE);
}

/** The HTML of a page whose body is the library's element. */
export function documentWith(head: readonly string[], body: string, foot = ""): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Fixture</title>
${head.join("\n")}
</head>
<body class="pat-inject-async" data-pat-inject-async="url: /push">
<main>${body}</main>
${foot}
</body>
</html>
`;
}

/** Loads a page in this order: its document has been parsed then, nothing else is sure. */
export async function openHost(
  page: Page,
  push: PushServer,
  folder: string,
  body: string,
  order: LoadOrder = AFTER,
): Promise<void> {
  const bundle = new ServedBundle(push, folder);
  serveOtherJQuery(push);
  push.snippet("/protect.js", { headers: { "Content-Type": "text/javascript" }, body: PROTECT_JS });
  order.prepare?.(bundle);
  await page.goto(push.page("/", documentWith(order.head(bundle), body, order.foot)), {
    waitUntil: "domcontentloaded",
  });
  await order.afterwards?.(page, bundle);
}
