/** Has pat-inject put a source into a target, and tells what is new on the page. */
import type { Change } from "../ground/change.ts";
import { dom, isEndless, isOnPage, parseTemplate, unshadowed } from "../ground/dom.ts";
import { warn } from "../ground/events.ts";
import { HostError, type InjectConfig, type JQueryStatic, jQuery, patInject, type Sources } from "../ground/host.ts";

/**
 * What takes the focus when it comes: the browser's attribute, and the patterns of Patternslib and of mockup. In a dialog it is
 * for when the user opens it.
 */
const AUTOFOCUS = ":is([autofocus], .pat-autofocus, .pat-formautofocus):not(dialog *, [popover] *)";

/** Content for one target. */
export class Piece {
  readonly #html: string;
  #template: HTMLTemplateElement | undefined;

  /** When its snippet was there, in milliseconds of `performance.now()`. */
  readonly fetched: number;

  constructor(html: string, fetched: number) {
    this.#html = html;
    this.fetched = fetched;
    // Nobody has asked for what is pushed: it must not take the focus.
    if (/autofocus/i.test(html)) {
      for (const element of this.fragment.querySelectorAll(AUTOFOCUS)) {
        element.removeAttribute("autofocus");
        element.classList.remove("pat-autofocus", "pat-formautofocus");
      }
    }
  }

  /** On no page yet, and may be changed. Parsed only when somebody looks: then what they have made of it counts. */
  get fragment(): DocumentFragment {
    this.#template ??= parseTemplate(this.#html);
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
  const first = unshadowed(target).firstChild;
  if (config.source === "none") {
    unshadowed(target).remove();
  } else if (countTags(html) > MAX_PAT_INJECT_NODES || isEndless(target) || html.includes("parentNode")) {
    // A field called so is what jQuery, with which pat-inject tells of what is new, would follow for ever.
    putAll(html, target, action);
  } else if (html !== "") {
    perform(html, target, action, config, () => {
      if (action === "element") return !isOnPage(target);
      return action === "content" ? unshadowed(target).firstChild !== first : injected().length > 0;
    });
  } else if (action === "content") {
    // pat-inject takes a source without content for a missing one, and so would never clear a target.
    unshadowed(target).replaceChildren();
  } else if (action === "element") {
    unshadowed(target).remove();
  }
  return injected();
}

function perform(html: string, target: Element, action: string, config: InjectConfig, isInPlace: () => boolean): void {
  const $ = jQuery();
  const trigger = dom.createElement("a");
  const own: InjectConfig = { ...config, source: "", sourceMod: "content", $target: $(target) };
  try {
    patInject()._performInjection(target, $(trigger), sourcesOf(html, $), own, trigger);
  } catch (error) {
    // In a form, pat-inject may have taken a field for the method of that name.
    if (!isInPlace() && unshadowed(target) !== target) putAll(html, target, action);
    if (!isInPlace()) throw error;
    warn(`after injecting: ${error}`);
  }
  if (!isInPlace()) throw new HostError("expected pat-inject to put the content in place, found it missing");
}

function sourcesOf(html: string, $: JQueryStatic): Sources {
  return Object.assign([{ innerHTML: html }], { contents: () => $([...parseTemplate(html).content.childNodes]) });
}

/** pat-inject passes every node as an argument of one call, of which browsers allow only so many. */
const MAX_PAT_INJECT_NODES = 10_000;

/** An upper bound of the nodes on the first level, or near it. */
function countTags(html: string): number {
  return html.length < MAX_PAT_INJECT_NODES ? 0 : html.split("<").length;
}

function putAll(html: string, target: Element, action: string): void {
  const { content } = parseTemplate(html);
  const place = unshadowed(target);
  if (action === "content") place.replaceChildren(content);
  else if (action === "contentafter") place.append(content);
  else if (action === "contentbefore") place.prepend(content);
  else if (action === "elementafter") place.after(content);
  else if (action === "elementbefore") place.before(content);
  else place.replaceWith(content);
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
    let node = before ? unshadowed(before).nextSibling : parent && unshadowed(parent).firstChild;
    for (; node && node !== after; node = unshadowed(node).nextSibling) nodes.push(node);
    return nodes;
  };
}
