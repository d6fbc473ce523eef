/**
 * Has pat-inject find sources in a snippet and put them into targets.
 *
 * Its `execute` is not used. That fetches by itself and turns an error into a page reload, asks for confirmation, appends a
 * stray element for a missing target, and drops a second call while one is under way. The steps it takes once the answer
 * is there have none of these faults.
 */
import { type InjectConfig, type JQuery, jQuery, patInject } from "./host.ts";
import { type Injection, SourceError } from "./inject.ts";

/** Content that is ready to be put into one target. */
export interface Content {
  /** What will be injected. It is on no page yet, and may still be changed. */
  readonly fragment: DocumentFragment;
  /** Returns what is new on the page. It has not been scanned for patterns. */
  into(target: Element): Node[];
}

/** A source that was found: gives each of its targets content of its own. */
export type Source = () => Content;

/**
 * Find the sources of several injections in one snippet. pat-inject reads it as part of the page: images begin to load and
 * their handlers run, as with every pat-inject, before anything is injected.
 *
 * @returns for each injection its source, or the error that says why there is none.
 */
export async function findSources(html: string, injections: readonly Injection[]): Promise<(Source | SourceError)[]> {
  const trigger = document.createElement("a");
  const $trigger = jQuery()(trigger);
  const isWhole = injections.every(
    ({ config }) => config.source === "body" && (config["dataType"] ?? "html") === "html",
  );
  if (isWhole && isPlain(html)) {
    return injections.map((injection) => () => contentOf(html, injection, $trigger));
  }
  const configs = injections.map((injection) => ({ ...injection.config }));
  const type = String(configs[0]?.["dataType"] ?? "html");
  const text = type === "html" ? readable(html) : html;
  const event = { jqxhr: { responseText: text }, target: trigger };
  const found = await patInject().callTypeHandler(type, "sources", $trigger, [configs, text, event]);
  return injections.map((injection, index) => {
    const { source, sourceMod } = injection.config;
    const elements = source === "none" ? [] : [...(found?.[index] ?? [])];
    if (source !== "none" && elements.length === 0) {
      return new SourceError(`expected an element ${source} in the snippet, found none`);
    }
    const texts = elements.map((element) => (sourceMod === "element" ? element.outerHTML : element.innerHTML));
    return () => contentOf(texts.join(""), injection, $trigger);
  });
}

/** Parsed only when somebody looks at it before it is injected: then what they have made of it counts. */
function contentOf(html: string, injection: Injection, $trigger: JQuery): Content {
  let template: HTMLTemplateElement | undefined;
  return {
    get fragment() {
      if (!template) {
        template = document.createElement("template");
        template.innerHTML = html;
      }
      return template.content;
    },
    into: (target) => perform(template?.innerHTML ?? html, target, injection, $trigger),
  };
}

function perform(html: string, target: Element, injection: Injection, $trigger: JQuery): Node[] {
  const { action, config } = injection;
  const injected = watchPlace(target, action);
  if (config.source === "none") {
    target.remove();
  } else if (countTags(html) > MOST_NODES) {
    putAll(html, target, action);
  } else if (html !== "") {
    const own: InjectConfig = { ...config, source: "", sourceMod: "content", $target: jQuery()(target) };
    const [trigger = target] = $trigger;
    patInject()._performInjection(target, $trigger, [{ innerHTML: html }], own, trigger);
  } else if (action === "content") {
    // pat-inject takes a source without content for a missing one, and so would never clear a target.
    target.replaceChildren();
  } else if (action === "element") {
    target.remove();
  }
  return injected();
}

/** pat-inject passes every node as an argument of one call, of which browsers allow only so many. */
const MOST_NODES = 10_000;

/** An upper bound of the nodes on the first level, or near it. */
function countTags(html: string): number {
  return html.length < MOST_NODES ? 0 : html.split("<").length;
}

function putAll(html: string, target: Element, action: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const { content } = template;
  if (action === "content") target.replaceChildren(content);
  else if (action === "contentafter") target.append(content);
  else if (action === "contentbefore") target.prepend(content);
  else if (action === "elementafter") target.after(content);
  else if (action === "elementbefore") target.before(content);
  else target.replaceWith(content);
}

/** Remember where pat-inject will put something. Returns what tells, afterwards, what stands there. */
function watchPlace(target: Element, action: string): () => Node[] {
  const parent = action.startsWith("content") ? target : target.parentNode;
  const before = {
    contentafter: target.lastChild,
    element: target.previousSibling,
    elementbefore: target.previousSibling,
    elementafter: target,
  }[action];
  const after = {
    contentbefore: target.firstChild,
    element: target.nextSibling,
    elementbefore: target,
    elementafter: target.nextSibling,
  }[action];
  return () => {
    const nodes: Node[] = [];
    let node = before ? before.nextSibling : (parent?.firstChild ?? null);
    for (; node && node !== after; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
}

/** What pat-inject takes out or reads in its own way: documents, scripts, parts of tables, arguments with addresses. */
const SPECIAL =
  /<(?:!doctype|html|head|body|title|script|base|caption|col|colgroup|t[rdh]|thead|tbody|tfoot)\b|data-pat-(?:calendar|collapsible|date-picker|datetime-picker|inject)\b/i;
/** An address that pat-inject would rebase: neither a path from the root, nor a whole URL, nor a view. */
const RELATIVE = /\b(?:href|src|action|data)\s*=\s*(?!["']?(?:\/|#|@@|[a-z][a-z\d+.-]*:))/i;
const ID = /\bid="([^"]+)"/g;
const ANCHOR = /\bhref\s*=\s*["']?#([^"'\s>]*)/gi;

/**
 * Whether pat-inject would leave the snippet as it is: then it need not read it, which is a third of an injection's cost.
 * When in doubt it is asked.
 */
function isPlain(html: string): boolean {
  if (SPECIAL.test(html) || RELATIVE.test(html)) return false;
  const ids = new Set(Array.from(html.matchAll(ID), ([, id]) => id));
  for (const [, id = ""] of html.matchAll(ANCHOR)) if (!ids.has(id)) return false;
  return true;
}

/**
 * A text as pat-inject can read it. It finds the source `body`, its default, only in a text with a `<body>`; and it takes
 * documents apart with regular expressions, which are quadratic in what is not closed: so it gets none of what they look for.
 */
function readable(html: string): string {
  if (!/<\/?(script|head|title|body|html)\b/i.test(html)) return `<body>${html}</body>`;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("script, title")) element.remove();
  return `<body>${body.innerHTML}</body>`;
}
