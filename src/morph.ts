/**
 * Changes a target into what it should be, and touches only what is different: by idiomorph. Focus, caret and scroll, what
 * is open or playing, and what the user has entered stay as they are.
 */
import { Idiomorph } from "idiomorph";
import { isEntered } from "./entries.ts";
import { isPlaying } from "./occupied.ts";

/** What the user has opened or closed, the server does not know. */
const OPENED = "details, dialog";

/**
 * @param how the target itself, or its content.
 * @returns the elements that are new; those that were there are as they were, their patterns too.
 */
export function morph(target: Element, content: DocumentFragment, how: "element" | "content"): Element[] {
  const added = new Set<Node>();
  Idiomorph.morph(target, [...content.childNodes], {
    morphStyle: how === "element" ? "outerHTML" : "innerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      afterNodeAdded: (node) => void added.add(node),
      beforeNodeMorphed: (old) => !(isEntered(old) || isEdited(old) || isPlaying(old)),
      beforeAttributeUpdated: (name, element) => name !== "open" || !element.matches(OPENED),
    },
  });
  // What is inside something new has been reported too, or not: a scan of the outermost finds it either way.
  return [...added].filter(
    (node): node is Element => node instanceof Element && node.isConnected && !hasAncestorIn(node, added),
  );
}

function isEdited(node: Node): boolean {
  return node instanceof HTMLElement && node.isContentEditable && node.contains(document.activeElement);
}

function hasAncestorIn(node: Node, nodes: ReadonlySet<Node>): boolean {
  for (let parent = node.parentNode; parent; parent = parent.parentNode) if (nodes.has(parent)) return true;
  return false;
}
