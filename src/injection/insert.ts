/** Has pat-inject put a source into a target, and tells what is new on the page. */
import type { Change } from "../ground/change.ts";
import { type InjectConfig, jQuery, patInject } from "../ground/host.ts";

/** Content for one target. */
export class Piece {
  readonly #html: string;
  #template: HTMLTemplateElement | undefined;

  constructor(html: string) {
    this.#html = html;
  }

  /** On no page yet, and may be changed. Parsed only when somebody looks: then what they have made of it counts. */
  get fragment(): DocumentFragment {
    if (!this.#template) {
      this.#template = document.createElement("template");
      this.#template.innerHTML = this.#html;
    }
    return this.#template.content;
  }

  get html(): string {
    return this.#template?.innerHTML ?? this.#html;
  }
}

/** @returns what is new on the page. It has not been scanned for patterns. */
export function insert(html: string, target: Element, { action, config }: Change): Node[] {
  const injected = watchPlace(target, action);
  if (config.source === "none") {
    target.remove();
  } else if (countTags(html) > MAX_PAT_INJECT_NODES) {
    putAll(html, target, action);
  } else if (html !== "") {
    const $ = jQuery();
    const trigger = document.createElement("a");
    const own: InjectConfig = { ...config, source: "", sourceMod: "content", $target: $(target) };
    patInject()._performInjection(target, $(trigger), [{ innerHTML: html }], own, trigger);
  } else if (action === "content") {
    // pat-inject takes a source without content for a missing one, and so would never clear a target.
    target.replaceChildren();
  } else if (action === "element") {
    target.remove();
  }
  return injected();
}

/** pat-inject passes every node as an argument of one call, of which browsers allow only so many. */
const MAX_PAT_INJECT_NODES = 10_000;

/** An upper bound of the nodes on the first level, or near it. */
function countTags(html: string): number {
  return html.length < MAX_PAT_INJECT_NODES ? 0 : html.split("<").length;
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
