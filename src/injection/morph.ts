/**
 * Changes a target into what it should be, and touches only what is different: by idiomorph. Focus, caret and scroll, what
 * is open or playing, and what the user has entered stay as they are.
 */
import { Idiomorph } from "idiomorph";
import { dom, matches } from "../ground/dom.ts";
import { registry } from "../ground/host.ts";
import { copyState, fieldsOf, groupOf, isEntered, isField, isSameField, stateOf } from "../manners/entries.ts";
import { isPlaying } from "../manners/hands.ts";
import { NOTICE } from "../manners/notice.ts";
import { destroy, FIELD_ID, isLive, isMade, isUnchanged, remember, update } from "./live.ts";

const INSTANCE = "pattern-inject-async";
/** What says what this library's pattern does with an element. */
const ARGUMENTS = ["class", "data-pat-inject-async"];
/** What it says of itself on its elements, which the server does not know. */
const STATE = ["data-inject-async-state", "aria-busy"];
/** What the user has opened or closed, the server does not know either. */
const OPENED = "details, dialog";

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
  /** What is being added, the outermost first. */
  const coming: Node[] = [];
  const isKept = (node: Node) => node instanceof Element && node !== target && matches(node, keep);
  const forget = pair(target, content, keep);
  const chosen = fieldsOf(target).filter(
    (field) => field instanceof HTMLInputElement && field.type === "radio" && field.checked && isEntered(field),
  );
  try {
    Idiomorph.morph(target, [...content.childNodes], {
      morphStyle: how === "element" ? "outerHTML" : "innerHTML",
      restoreFocus: true,
      callbacks: {
        beforeNodeAdded: (fresh) => {
          coming.push(fresh);
          return true;
        },
        afterNodeAdded: (node) => {
          added.add(node);
          remember(node, coming.pop());
        },
        beforeNodeMorphed: (old, fresh) => {
          if (isKept(old) || (isUsers(old) && !isConfirmed(old, fresh))) return false;
          // What a pattern has made of its element is not in what the server sends, and cannot be merged with it.
          if (isLive(old) && !isUsed(old)) {
            if (!isUnchanged(old, fresh)) outdated.set(old, fresh);
            return false;
          }
          update(old, fresh);
          return true;
        },
        // Whatever was entered before: now the server's value counts.
        afterNodeMorphed: (old, fresh) => {
          if (isField(old) && isField(fresh) && old.type !== "file") copyState(fresh, old);
        },
        beforeNodeRemoved: (node) => {
          return !isKept(node) && !isMade(node) && !(node instanceof Element && matches(node, `.${NOTICE}`));
        },
        beforeAttributeUpdated: (name, element) => {
          const isOurs = element[INSTANCE] !== undefined;
          if (isOurs && ARGUMENTS.includes(name)) changed.add(element);
          return !(isOurs && STATE.includes(name)) && !(name === "open" && matches(element, OPENED));
        },
      },
    });
  } finally {
    forget();
  }
  // A new button of their group may have come as the chosen one.
  for (const field of chosen) if (field instanceof HTMLInputElement) field.checked = true;
  for (const element of changed) restart(element);
  for (const [old, fresh] of outdated) {
    destroy(old);
    const node = dom.importNode(fresh, true);
    old.replaceWith(node);
    added.add(node);
    remember(node, fresh);
  }
  // What is inside something new has been reported too, or not: a scan of the outermost finds it either way.
  return [...added].filter(
    (node): node is Element => node instanceof Element && node.isConnected && !hasAncestorIn(node, added),
  );
}

/** What the user is at, or has made of it. */
function isUsers(node: Node): boolean {
  return (
    isEntered(node) ||
    isPlaying(node) ||
    (node === dom.activeElement && node instanceof Element && node.matches("input, textarea, select, iframe")) ||
    (node instanceof HTMLElement && node.isContentEditable && node.contains(dom.activeElement))
  );
}

/** Whether the server says what the user has entered: it has been saved, and is the server's from now on. */
function isConfirmed(old: Node, fresh: Node): boolean {
  if (!isField(old) || !isField(fresh) || old === dom.activeElement) return false;
  const successors = groupOf(fresh);
  return groupOf(old).every((field) =>
    successors.some((successor) => isSameField(successor, field) && stateOf(successor) === stateOf(field)),
  );
}

/** Whether the user is at a field inside it, or has been. */
function isUsed(element: Element): boolean {
  return [...element.querySelectorAll("*")].some(isUsers);
}

/**
 * Idiomorph goes by ids. Fields, and what is kept, get one as long as it lasts when they have none, the same in the old and
 * in the new content.
 */
function pair(target: Element, content: DocumentFragment, keep: string): () => void {
  const named: Element[] = [];
  const name = (old: Element, successor: Element | undefined) => {
    if (!successor || old.id || successor.id) return;
    successor.id = old.id = `${FIELD_ID}${named.length}`;
    named.push(old, successor);
  };
  const kept = content.querySelectorAll(keep);
  for (const [index, old] of target.querySelectorAll(keep).entries()) name(old, kept[index]);
  const candidates = fieldsOf(content);
  for (const old of fieldsOf(target)) {
    // What is in a shadow tree is not the server's.
    if (target.contains(old))
      name(
        old,
        candidates.find((field) => field.id === "" && isSameField(field, old)),
      );
  }
  return () => {
    for (const field of named) field.removeAttribute("id");
  };
}

/** Its arguments are others now. */
function restart(element: Element): void {
  element[INSTANCE]?.destroy();
  const pattern = registry()["inject-async"];
  if (matches(element, ".pat-inject-async") && typeof pattern === "function") Reflect.construct(pattern, [element]);
}

function hasAncestorIn(node: Node, nodes: ReadonlySet<Node>): boolean {
  for (let parent = node.parentNode; parent; parent = parent.parentNode) if (nodes.has(parent)) return true;
  return false;
}
