/**
 * Changes a target into what it should be, and touches only what is different: by idiomorph. Focus, caret and scroll, what
 * is open or playing, and what the user has entered stay as they are.
 */
import { Idiomorph } from "idiomorph";
import { dom, isOnPage, matches, unshadowed } from "../ground/dom.ts";
import { isExcluded, registry } from "../ground/host.ts";
import { ENTRY_SELECTOR } from "../manners/busy.ts";
import {
  copyState,
  elementsIn,
  fieldsOf,
  groupOf,
  isEntered,
  isField,
  isSameField,
  isSent,
  saved,
  stateOf,
} from "../manners/entries.ts";
import { isOpened, isPlaying } from "../manners/hands.ts";
import { NOTICE } from "../manners/notice.ts";
import {
  besides,
  destroy,
  isAllMade,
  isBeside,
  isForPattern,
  isLive,
  isMade,
  isUnchanged,
  mustBeRemade,
  remember,
  setSource,
  sourceOf,
} from "./live.ts";
import { pair } from "./pair.ts";
import { skipScan } from "./scan.ts";

const INSTANCE = "pattern-inject-async";
/** Attributes that configure this library's pattern. */
const ARGUMENT_ATTRIBUTES = ["class", "data-pat-inject-async"];
/** Attributes that the library sets on its elements, and the server does not know. */
const STATE_ATTRIBUTES = ["data-inject-async-state", "aria-busy"];
/** What the user has opened or closed, the server does not know either. */
const OPENED_SELECTOR = "details, dialog";

/**
 * @param how the target itself, or its content.
 * @param keep a selector of what is to stay as it is.
 * @returns the elements that are new; those that were there are as they were, their patterns too.
 */
export function morph(
  target: Element,
  content: DocumentFragment,
  how: "element" | "content",
  keep = ":not(*)",
): Element[] {
  const added = new Set<Node>();
  const changed = new Set<Element>();
  const outdated = new Map<Element, Node>();
  /** What the server says now. Noted when all is done: until then, what has no source is not the server's. */
  const said = new Map<Node, Node>();
  const unknown = new Map<Node, Node | undefined>();
  /** What the user has, and what is kept. */
  const left: Node[] = [];
  /** What stands beside something live. */
  const spared: Node[] = [];
  /** What is being added, the outermost first. */
  const coming: Node[] = [];
  skipScan(target);
  const { wrappers, forget } = pair(target, content, keep);
  const isKept = (node: Node) =>
    node instanceof Element && node !== target && (wrappers.has(node) || matches(node, keep));
  const chosen = fieldsOf(target).filter(
    (field): field is HTMLInputElement =>
      field instanceof HTMLInputElement && field.type === "radio" && field.checked && isEntered(field),
  );
  try {
    Idiomorph.morph(target, [...content.childNodes], {
      morphStyle: how === "element" ? "outerHTML" : "innerHTML",
      callbacks: {
        beforeNodeAdded: (fresh) => {
          coming.push(fresh);
          return true;
        },
        afterNodeAdded: (node) => {
          added.add(node);
          unknown.set(node, coming.pop());
        },
        beforeNodeMorphed: (old, fresh) => {
          const isFree = !isKept(old) && (!isUsers(old) || isConfirmed(old, fresh));
          // What scripts have made is not in what the server sends, and cannot be merged with it.
          if (isFree && old instanceof Element && fresh !== coming.at(-1)) {
            // Attributes that are merged start no pattern.
            const isAlive = isLive(old) || isForPattern(fresh);
            if (isAlive && isUnchanged(old, fresh) && !isRefused(old, fresh)) {
              if (!sourceOf(old)) unknown.set(old, fresh);
              return false;
            }
            const isInUse = isAlive && isUsed(old);
            // Nothing of it could be merged, and while the user is at it, it is not made anew.
            if (isInUse && isAllMade(old)) {
              left.push(old);
              return false;
            }
            if (isAlive ? !isInUse && mustBeRemade(old, fresh) : old !== target && isMade(old)) {
              outdated.set(old, fresh);
              return false;
            }
          }
          if (isFree) said.set(old, fresh);
          else if (!wrappers.has(old)) left.push(old);
          return isFree;
        },
        // Whatever was entered before: now the server's value counts.
        afterNodeMorphed: (old, fresh) => {
          if (old instanceof Element) saved(old);
          if (isField(old) && isField(fresh) && old.type !== "file") copyState(fresh, old);
        },
        beforeNodeRemoved: (node) => {
          const isSpared = isBeside(node);
          if (isSpared) spared.push(node);
          if (isSpared || !(node instanceof Element)) return !isSpared;
          return !isKept(node) && !matches(node, `.${NOTICE}`) && !unshadowed(node).querySelector(keep);
        },
        beforeAttributeUpdated: (name, element) => {
          const isOurs = element[INSTANCE] !== undefined;
          if (ARGUMENT_ATTRIBUTES.includes(name)) changed.add(element);
          if (STATE_ATTRIBUTES.includes(name)) return !isOurs;
          // What the server says as before is left to scripts.
          const [before, now] = [sourceOf(element), said.get(element)];
          const isSame =
            before instanceof Element &&
            now instanceof Element &&
            unshadowed(before).getAttribute(name) === unshadowed(now).getAttribute(name);
          const isOpenState = name === "open" && matches(element, OPENED_SELECTOR);
          return !isSame && !(isOpenState && (element.id || summaryOf(element) === summaryOf(now)));
        },
      },
    });
  } finally {
    forget();
  }
  // A new button of their group may have come as the chosen one.
  for (const field of chosen) field.checked = true;
  for (const element of changed) restart(element);
  // What it stood beside may have gone. What has just come has nothing beside it yet.
  for (const node of spared) if (node instanceof Element && !isBeside(node)) unshadowed(node).remove();
  for (const [node, fresh] of unknown) remember(node, fresh);
  for (const [node, fresh] of said) setSource(node, fresh);
  for (const node of [target, ...left]) setSource(node, sourceOf(node));
  for (const [old, fresh] of outdated) {
    const node = dom.importNode(fresh, true);
    for (const made of besides(old)) if (!(made instanceof Element && outdated.has(made))) unshadowed(made).remove();
    unshadowed(old).before(node);
    destroy(old);
    unshadowed(old).remove();
    added.add(node);
    remember(node, fresh);
  }
  // What is inside something new has been reported too, or not: a scan of the outermost finds it either way.
  return [...added].filter(
    (node): node is Element => node instanceof Element && isOnPage(node) && !hasAncestorIn(node, added),
  );
}

/** Its text, if it is `details`. */
function summaryOf(node: Node | undefined): string | null | undefined {
  return node instanceof HTMLDetailsElement ? node.querySelector("summary")?.textContent : null;
}

/** What the user is at, or has made of it. */
function isUsers(node: Node): boolean {
  return (
    (isField(node) ? groupOf(node) : [node]).some(isEntered) ||
    isPlaying(node) ||
    (node === dom.activeElement && node instanceof Element && matches(node, ENTRY_SELECTOR)) ||
    (node instanceof HTMLElement && unshadowed(node).isContentEditable && unshadowed(node).contains(dom.activeElement))
  );
}

/** Whether the server says what the user has entered: it has been saved, and is the server's from now on. */
function isConfirmed(old: Node, fresh: Node): boolean {
  if (isField(old) ? old === dom.activeElement : unshadowed(old).contains(dom.activeElement)) return false;
  if (!isField(old) || !isField(fresh)) return isTextConfirmed(old, fresh);
  const successors = groupOf(fresh);
  return groupOf(old).every((field) =>
    successors.filter(isSameField(field)).some((successor) => stateOf(successor) === stateOf(field)),
  );
}

function isTextConfirmed(old: Node, fresh: Node): boolean {
  if (!(old instanceof HTMLElement && fresh instanceof Element)) return false;
  return unshadowed(old).isContentEditable && unshadowed(old).innerHTML === unshadowed(fresh).innerHTML;
}

/** Whether what was sent is not what the server says now. */
function isRefused(old: Element, fresh: Node): boolean {
  const successors = fresh instanceof Element ? fieldsOf(fresh) : [];
  return fieldsOf(old).some(
    (field) =>
      isSent(field) && successors.filter(isSameField(field)).some((successor) => stateOf(successor) !== stateOf(field)),
  );
}

/** Whether the user is at a field inside it, or has been, or has opened something, or is at what patterns have put beside it. */
function isUsed(element: Element): boolean {
  return [element, ...besides(element)].some(
    (one) => one instanceof Element && elementsIn(one).some((part) => isUsers(part) || isOpened(part, one, true)),
  );
}

/** Its arguments are others now, or it has become one of the library's. */
function restart(element: Element): void {
  element[INSTANCE]?.destroy();
  const pattern = registry()["inject-async"];
  const isOurs = matches(element, ".pat-inject-async") && !isExcluded(element);
  if (isOurs && typeof pattern === "function") Reflect.construct(pattern, [element]);
}

function hasAncestorIn(node: Node, nodes: ReadonlySet<Node>): boolean {
  const { parentNode } = unshadowed(node);
  return parentNode !== null && (nodes.has(parentNode) || hasAncestorIn(parentNode, nodes));
}
