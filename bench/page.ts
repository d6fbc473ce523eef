/** The page that a row is measured on. */
import { FENCE, WARM_UP } from "./message.ts";
import type { Row } from "./rows.ts";
import { target } from "./snippets.ts";

/** Targets in one part of the page. */
const SECTION = 100;

/** @param items numbers of the targets, from the top. */
export function pageOf(row: Row, items: readonly number[]): string {
  const scripts = ["/patternslib/bundle.min.js", "/glue/bench.js", ...row.scripts];
  const around = row.around ?? ((_item: number, html: string) => html);
  // Not deferred, for all alike: htmx 4 would then start without waiting for its extension.
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${row.title}</title>
<style>
  /*
   * Targets keep their height, so that a replacement moves nothing; twenty of them are in the viewport. Parts of the page
   * are laid out on their own, as the browser's work on ten thousand boxes at once would hide that of every row.
   */
  body { margin: 0 }
  section { contain: strict; height: ${SECTION * 32}px }
  .item { display: flex; gap: 1rem; height: 32px; overflow: hidden }
  .item * { margin: 0 }
</style>
${scripts.map((script) => `<script src="${script}"></script>`).join("\n")}
</head>
<body ${row.bodyAttributes ?? ""}>
${row.body ?? ""}
${sections([...items, WARM_UP, FENCE].map((item) => around(item, target(item))))}
</body>
</html>
`;
}

function sections(targets: readonly string[]): string {
  const starts = targets.flatMap((_, index) => (index % SECTION === 0 ? [index] : []));
  return starts.map((start) => `<section>\n${targets.slice(start, start + SECTION).join("\n")}\n</section>`).join("\n");
}
