/**
 * Changes a target into what it should be, and touches only what is different: by idiomorph. Focus, caret and scroll, what
 * is open or playing, and what the user has entered stay as they are.
 */

import { Idiomorph } from "idiomorph";
import { dom } from "../ground/dom.ts";
import { registry } from "../ground/host.ts";
import { isPlaying } from "../manners/busy.ts";
import { fieldsOf, isEntered, isSameField } from "../manners/entries.ts";
import { NOTICE } from "../manners/notice.ts";

const INSTANCE = "pattern-inject-async";
/** What says what this library's pattern does with an element. */
const ARGUMENTS = ["class", "data-pat-inject-async"];
/** What it says of itself on its elements, which the server does not know. */
const STATE = ["data-inject-async-state", "aria-busy"];
/** What the user has opened or closed, the server does not know either. */
const OPENED = "details, dialog";

/**
 * @param how the target itself, or its content.
 * @returns the elements that are new; those that were there are as they were, their patterns too.
 */
export function morph(target: Element, content: DocumentFragment, how: "element" | "content"): Element[] {
  const added = new Set<Node>();
  const changed = new Set<Element>();
  const forget = pairFields(target, content);
  try {
    Idiomorph.morph(target, [...content.childNodes], {
      morphStyle: how === "element" ? "outerHTML" : "innerHTML",
      restoreFocus: true,
      callbacks: {
        afterNodeAdded: (node) => void added.add(node),
        beforeNodeMorphed: (old) => !isUsers(old),
        beforeNodeRemoved: (node) => !(node instanceof Element && node.matches(`.${NOTICE}`)),
        beforeAttributeUpdated: (name, element) => {
          const isOurs = element[INSTANCE] !== undefined;
          if (isOurs && ARGUMENTS.includes(name)) changed.add(element);
          return !(isOurs && STATE.includes(name)) && !(name === "open" && element.matches(OPENED));
        },
      },
    });
  } finally {
    forget();
  }
  for (const element of changed) restart(element);
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
    (node === dom.activeElement && node instanceof Element && node.matches("input, textarea, select")) ||
    (node instanceof HTMLElement && node.isContentEditable && node.contains(dom.activeElement))
  );
}

/** Idiomorph goes by ids. Fields without one get one as long as it lasts, the same in the old and in the new content. */
function pairFields(target: Element, content: DocumentFragment): () => void {
  const named: Element[] = [];
  const candidates = fieldsOf(content).filter(({ id }) => id === "");
  for (const old of fieldsOf(target)) {
    const successor = old.id === "" && candidates.find((field) => field.id === "" && isSameField(field, old));
    if (!successor) continue;
    successor.id = old.id = `pat-inject-async-field-${named.length}`;
    named.push(old, successor);
  }
  return () => {
    for (const field of named) field.removeAttribute("id");
  };
}

/** Its arguments are others now. */
function restart(element: Element): void {
  element[INSTANCE]?.destroy();
  const pattern = registry()["inject-async"];
  if (element.matches(".pat-inject-async") && typeof pattern === "function") Reflect.construct(pattern, [element]);
}

function hasAncestorIn(node: Node, nodes: ReadonlySet<Node>): boolean {
  for (let parent = node.parentNode; parent; parent = parent.parentNode) if (nodes.has(parent)) return true;
  return false;
}
