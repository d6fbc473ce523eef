/**
 * Finds sources in a snippet, as pat-inject does.
 *
 * pat-inject's `execute` is not used. It fetches by itself and turns an error into a page reload, asks for confirmation,
 * appends a stray element for a missing target, and drops a second call while one is under way. The steps it takes once the
 * answer is there have none of these faults.
 */
import type { Change } from "../ground/change.ts";
import { dom, parseDocument, unshadowed } from "../ground/dom.ts";
import { type InjectConfig, jQuery, patInject } from "../ground/host.ts";
import { isPlain, rootOf } from "./plain.ts";

/** A snippet that does not hold what was asked for. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/**
 * Find the sources of several changes in one snippet. pat-inject reads it as part of the page: images begin to load and
 * their handlers run, as with every pat-inject, before anything is injected.
 *
 * @returns for each change the HTML of its source, or the error that says why there is none.
 */
export async function findSources(html: string, changes: readonly Change[]): Promise<(string | SourceError)[]> {
  if (isPlain(html)) {
    const plain = changes.map((change) => plainSource(html, change));
    if (plain.every((source) => source !== undefined)) return plain;
  }
  const trigger = dom.createElement("a");
  const configs = changes.map(({ config }): InjectConfig => ({ ...config }));
  const type = dataType(configs[0]);
  const text = type === "html" ? readable(html) : html;
  const event = { jqxhr: { responseText: text }, target: trigger };
  const found = await patInject().callTypeHandler(type, "sources", jQuery()(trigger), [configs, text, event]);
  return changes.map(({ config: { source, sourceMod } }, index) => {
    if (source === "none") return "";
    const elements = [...(found?.[index] ?? [])];
    for (const element of elements) restoreLinks(element);
    if (elements.length === 0) return new SourceError(`expected an element ${source} in the snippet, found none`);
    const isWhole = sourceMod === "element";
    return elements
      .map(unshadowed)
      .map(({ outerHTML, innerHTML }) => (isWhole ? outerHTML : innerHTML))
      .join("");
  });
}

function dataType(config: InjectConfig | undefined): string {
  return String(config?.["dataType"] ?? "html");
}

/** The source of a change in a snippet that pat-inject would leave as it is; undefined when it takes a parser to find it. */
function plainSource(html: string, { config }: Change): string | undefined {
  if (dataType(config) !== "html") return undefined;
  const { source, sourceMod } = config;
  if (source === "none") return "";
  if (source === "body") return html;
  const root = /^#([a-z_][\w-]*)$/i.exec(String(source))?.[1];
  return root === undefined ? undefined : rootOf(html, root, sourceMod === "element");
}

/**
 * What pat-inject takes apart with regular expressions, which are quadratic in what is not closed (svg has a title too), and
 * what it leaves in, though it would change the page's address or that of all its links.
 */
const TAKEN_APART = /<\/?(script|head|title|body|html|base|meta|svg)\b/i;
/**
 * A link within the page that is no id: pat-inject would take it for a selector, and throw. It throws at each link of svg, too,
 * for it sets their address.
 */
const ROUTE = /\bhref\s*=\s*["']?#[\w-]*[^\w\s"'>-]/i;
/** Where such a link is kept meanwhile. */
const KEPT_HREF_ATTRIBUTE = "data-inject-async-href";

/** A text as pat-inject can read it. It finds the source `body`, its default, only in a text with a `<body>`. */
function readable(html: string): string {
  if (!TAKEN_APART.test(html) && !ROUTE.test(html)) return `<body>${html}</body>`;
  const { body } = parseDocument(html);
  for (const element of body.querySelectorAll("script, base, meta[http-equiv], title:not(svg *)")) element.remove();
  for (const link of body.querySelectorAll("a[href^='#']")) {
    const href = link.getAttribute("href") ?? "";
    if (link instanceof HTMLElement && /^#[\w-]*$/.test(href) && !/^#\d/.test(href)) continue;
    link.setAttribute(KEPT_HREF_ATTRIBUTE, href);
    link.removeAttribute("href");
  }
  return `<body>${body.innerHTML}</body>`;
}

function restoreLinks(element: Element): void {
  for (const link of [element, ...unshadowed(element).querySelectorAll(`[${KEPT_HREF_ATTRIBUTE}]`)].map(unshadowed)) {
    const href = link.getAttribute(KEPT_HREF_ATTRIBUTE);
    if (href === null) continue;
    link.setAttribute("href", href);
    link.removeAttribute(KEPT_HREF_ATTRIBUTE);
  }
}
