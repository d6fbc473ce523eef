/** The page that a row is measured on. */
import { FENCE_ITEM, WARM_UP_ITEM } from "./message.ts";
import type { Row } from "./rows.ts";
import { target } from "./snippets.ts";

const TARGETS_PER_SECTION = 100;
const TARGET_HEIGHT_PX = 32;

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
   * Targets keep their height, so that a replacement moves nothing; twenty of them are in the viewport. Sections are
   * laid out on their own, as the browser's work on ten thousand boxes at once would hide that of every row.
   */
  body { margin: 0 }
  section { contain: strict; height: ${TARGETS_PER_SECTION * TARGET_HEIGHT_PX}px }
  .item { display: flex; gap: 1rem; height: ${TARGET_HEIGHT_PX}px; overflow: hidden }
  .item * { margin: 0 }
</style>
${scripts.map((script) => `<script src="${script}"></script>`).join("\n")}
</head>
<body ${row.bodyAttributes ?? ""}>
${row.body ?? ""}
${sections([...items, WARM_UP_ITEM, FENCE_ITEM].map((item) => around(item, target(item))))}
</body>
</html>
`;
}

function sections(targets: readonly string[]): string {
  const starts = targets.flatMap((_, index) => (index % TARGETS_PER_SECTION === 0 ? [index] : []));
  return starts
    .map((start) => `<section>\n${targets.slice(start, start + TARGETS_PER_SECTION).join("\n")}\n</section>`)
    .join("\n");
}
