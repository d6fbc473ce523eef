/** Has pat-inject put a source into a target, and tells what is new on the page. */
import type { Change } from "../ground/change.ts";
import { dom, unshadowed } from "../ground/dom.ts";
import { warn } from "../ground/events.ts";
import { HostError, type InjectConfig, type JQueryStatic, jQuery, patInject, type Sources } from "../ground/host.ts";

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
      this.#template = dom.createElement("template");
      this.#template.innerHTML = this.#html;
    }
    return this.#template.content;
  }

  get html(): string {
    return this.#template?.innerHTML ?? this.#html;
  }
}

/**
 * @returns what is new on the page. It has not been scanned for patterns.
 * @throws when the content is not in place. What a listener of pat-inject throws after that is only logged.
 */
export function insert(html: string, target: Element, { action, config }: Change): Node[] {
  const injected = watchPlace(target, action);
  const first = target.firstChild;
  if (config.source === "none") {
    unshadowed(target).remove();
  } else if (countTags(html) > MAX_PAT_INJECT_NODES) {
    putAll(html, target, action);
  } else if (html !== "") {
    perform(html, target, config, () => {
      if (action === "element") return !unshadowed(target).isConnected;
      return action === "content" ? target.firstChild !== first : injected().length > 0;
    });
  } else if (action === "content") {
    // pat-inject takes a source without content for a missing one, and so would never clear a target.
    target.replaceChildren();
  } else if (action === "element") {
    unshadowed(target).remove();
  }
  return injected();
}

function perform(html: string, target: Element, config: InjectConfig, isInPlace: () => boolean): void {
  const $ = jQuery();
  const trigger = dom.createElement("a");
  const own: InjectConfig = { ...config, source: "", sourceMod: "content", $target: $(target) };
  try {
    patInject()._performInjection(target, $(trigger), sourcesOf(html, $), own, trigger);
  } catch (error) {
    if (!isInPlace()) throw error;
    warn(`after injecting: ${error}`);
  }
  if (!isInPlace()) throw new HostError("expected pat-inject to put the content in place, found it missing");
}

function sourcesOf(html: string, $: JQueryStatic): Sources {
  return Object.assign([{ innerHTML: html }], { contents: () => $([...new Piece(html).fragment.childNodes]) });
}

/** pat-inject passes every node as an argument of one call, of which browsers allow only so many. */
const MAX_PAT_INJECT_NODES = 10_000;

/** An upper bound of the nodes on the first level, or near it. */
function countTags(html: string): number {
  return html.length < MAX_PAT_INJECT_NODES ? 0 : html.split("<").length;
}

function putAll(html: string, target: Element, action: string): void {
  const template = dom.createElement("template");
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
function watchPlace(given: Element, action: string): () => Node[] {
  const target = unshadowed(given);
  const parent = action.startsWith("content") ? given : target.parentNode;
  const before = {
    contentafter: target.lastChild,
    element: target.previousSibling,
    elementbefore: target.previousSibling,
    elementafter: given,
  }[action];
  const after = {
    contentbefore: target.firstChild,
    element: target.nextSibling,
    elementbefore: given,
    elementafter: target.nextSibling,
  }[action];
  return () => {
    const nodes: Node[] = [];
    let node = before ? before.nextSibling : (parent?.firstChild ?? null);
    for (; node && node !== after; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
}
