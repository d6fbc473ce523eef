/**
 * Plain snippets: those that pat-inject would leave as they are. They need not be read by it, which is a third of an
 * injection's cost. When in doubt, a snippet is not plain.
 */

/** What pat-inject takes out or reads in its own way: documents, scripts, parts of tables, arguments with addresses. */
const SPECIAL =
  /<(?:!doctype|html|head|body|title|script|base|meta|caption|col|colgroup|t[rdh]|thead|tbody|tfoot)\b|data-pat-(?:calendar|collapsible|date-picker|datetime-picker|inject)\b/i;
/** An address that pat-inject would rebase: neither a path from the root, nor a whole URL, nor a view. */
const RELATIVE = /\b(?:href|src|action|data)\s*=\s*(?!["']?(?:\/|#|@@|[a-z][a-z\d+.-]*:))/i;
const ID = /\bid="([^"]+)"/g;
const ANCHOR = /\bhref\s*=\s*["']?#([^"'\s>]*)/gi;

/** Whether pat-inject would leave the snippet as it is. */
export function isPlain(html: string): boolean {
  if (SPECIAL.test(html) || RELATIVE.test(html)) return false;
  const anchors = Array.from(html.matchAll(ANCHOR), ([, id]) => id);
  if (anchors.length === 0) return true;
  const ids = new Set(Array.from(html.matchAll(ID), ([, id]) => id));
  return anchors.every((id) => ids.has(id));
}

/** Elements that hold all that stands between their tags, whatever it is. */
const ROOT = /^(div|section|article|aside|main|nav|header|footer|figure|blockquote|ul|ol|dl|li|span)$/;
const VOID = /^(area|br|embed|hr|img|input|link|meta|source|track|wbr)$/;
/** What is inside them is read in other ways. */
const RAW = /^(style|textarea|iframe|noscript|noembed|noframes|xmp|plaintext|svg|math|template)$/;
/** One tag with its attributes. */
const TAG = /<(\/?)([a-z][^\s/>"'<]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>/iy;

/**
 * Finds, without a parser, the element that a plain snippet consists of.
 *
 * @param id of that element.
 * @param isWhole the element itself is wanted, otherwise its content.
 * @returns its HTML; undefined when the snippet is not one well-nested element with that id.
 */
export function rootOf(html: string, id: string, isWhole: boolean): string | undefined {
  const text = html.trim();
  const open: string[] = [];
  let inner = 0;
  for (let at = 0; at >= 0; at = text.indexOf("<", TAG.lastIndex)) {
    TAG.lastIndex = at;
    const [tag, slash, name = "", attributes = ""] = TAG.exec(text) ?? [];
    const element = name.toLowerCase();
    if (tag === undefined || RAW.test(element)) return undefined;
    if (at === 0) {
      if (slash || !ROOT.test(element) || !hasId(attributes, id)) return undefined;
      inner = tag.length;
    } else if (attributes.includes(id) && /\sid\s*=/i.test(attributes)) {
      // Perhaps another of the same id, and a source too.
      return undefined;
    }
    if (slash) {
      if (open.pop() !== element) return undefined;
      if (open.length > 0) continue;
      if (at + tag.length < text.length) return undefined;
      return isWhole ? text : text.slice(inner, at);
    }
    if (!VOID.test(element)) {
      // An item in an item ends it.
      if (attributes.endsWith("/") || (element === "li" && !/^([uo]l|menu)$/.test(open.at(-1) ?? "ul")))
        return undefined;
      open.push(element);
    }
  }
  return undefined;
}

function hasId(attributes: string, id: string): boolean {
  return ` ${attributes} `.includes(` id="${id}" `);
}
