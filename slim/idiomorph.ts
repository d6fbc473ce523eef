/** idiomorph in the script and in the modules: one function for nodes that are here, which asks forms past their fields. */
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { withBodies } from "./bodies.ts";

/** What is left of idiomorph's `morph`: all that its other functions ask of a context is here, and they are inside. */
const IDIOMORPH_MORPH = `
  const newNode = document.createElement("div");
  newNode.append(...newContent);
  const focused = document.activeElement;
  const selectionStart = focused?.selectionStart;
  const selectionEnd = focused?.selectionEnd;
  const pantry = createPantry(document);
  const { persistentIds, idMap } = createIdMaps(target, newNode);
  if (morphStyle === "innerHTML") morphChildren(target, newNode);
  else morphChildren(target.parentNode, newNode, target, target.nextSibling);
  pantry.remove();
  // To be moved costs the focus where there is no moveBefore. What is gone may have a successor.
  const id = focused?.getAttribute("id");
  const successor = id && !focused.isConnected ? target.querySelector('[id="' + CSS.escape(id) + '"]') : focused;
  if (successor !== document.activeElement && target.contains(successor)) successor.focus({ preventScroll: true });
  if (selectionEnd && successor && !successor.selectionEnd) try { successor.setSelectionRange(selectionStart, selectionEnd); } catch {}
`;

/**
 * idiomorph without what is for `<head>`, for texts and for defaults: targets are in the body, content comes as nodes, and
 * src/injection/morph.ts says all that can be said, as booleans, and adds whatever is new. What fields hold is for it, too.
 */
const IDIOMORPH = {
  morphChildren: `
    if (oldParent instanceof HTMLTemplateElement && newParent instanceof HTMLTemplateElement) {
      oldParent = oldParent.content;
      newParent = newParent.content;
    }
    insertionPoint ||= oldParent.firstChild;
    for (const newChild of newParent.childNodes) {
      let child = findBestMatch(newChild, insertionPoint, endPoint);
      if (child) removeNodesBetween(insertionPoint, child);
      else if ((child = persistentIds.get(newChild.getAttribute?.("id")))) {
        removeElementFromAncestorsIdMaps(child);
        moveBefore(oldParent, child, insertionPoint);
      }
      if (child) morphNode(child, newChild);
      else child = createNode(oldParent, newChild, insertionPoint);
      insertionPoint = child.nextSibling;
    }
    removeNodesBetween(insertionPoint, endPoint);
  `,
  createNode: `
    callbacks.beforeNodeAdded(newChild);
    const isEmpty = idMap.has(newChild);
    const node = isEmpty
      ? document.createElementNS(newChild.namespaceURI, newChild.localName)
      : document.importNode(newChild, true);
    oldParent.insertBefore(node, insertionPoint);
    if (isEmpty) morphNode(node, newChild);
    callbacks.afterNodeAdded(node);
    return node;
  `,
  isSoftMatch: `
    const idOf = (node) => node.getAttribute?.("id");
    return oldNode.nodeName === newNode.nodeName && (!idOf(oldNode) || idOf(oldNode) === idOf(newNode));
  `,
  isIdSetMatch: `
    for (const id of idMap.get(oldNode) || []) if (idMap.get(newNode)?.has(id)) return true;
    return false;
  `,
  removeNode: `
    if (node === pantry) return;
    if (idMap.has(node)) moveBefore(pantry, node, null);
    else if (callbacks.beforeNodeRemoved(node)) node.remove();
  `,
  moveBefore: `
    try { parentNode.moveBefore(element, after); }
    catch { parentNode.insertBefore(element, after); }
  `,
  morphNode: `
    if (!callbacks.beforeNodeMorphed(oldNode, newContent)) return;
    morphAttributes(oldNode, newContent);
    morphChildren(oldNode, newContent);
    callbacks.afterNodeMorphed(oldNode, newContent);
  `,
  morphAttributes: `
    const isWanted = (name) => callbacks.beforeAttributeUpdated(name, oldNode);
    if (newNode instanceof Element) {
      for (const attribute of newNode.attributes) {
        const { name, value } = attribute;
        if (oldNode.getAttribute(name) !== value && isWanted(name)) oldNode.setAttributeNode(attribute.cloneNode());
      }
      for (const { name } of [...oldNode.attributes].reverse()) {
        if (!newNode.hasAttribute(name) && isWanted(name)) oldNode.removeAttribute(name);
      }
    } else if (oldNode.nodeValue !== newNode.nodeValue) oldNode.nodeValue = newNode.nodeValue;
  `,
  findIdElements: `
    return [...root.querySelectorAll("[id]"), root].flatMap((elt) => {
      const id = elt.getAttribute("id");
      return id ? { elt, id } : [];
    });
  `,
  // With the elements themselves, so that they need not be looked for.
  createPersistentIds: `
    const duplicateIds = new Set();
    const oldById = new Map();
    const persistentIds = new Map();
    for (const { elt, id } of oldIdElements) {
      if (oldById.has(id)) duplicateIds.add(id);
      oldById.set(id, elt);
    }
    for (const { elt, id } of newIdElements) {
      const old = oldById.get(id);
      if (persistentIds.has(id)) duplicateIds.add(id);
      if (old?.tagName === elt.tagName) persistentIds.set(id, old);
    }
    for (const id of duplicateIds) persistentIds.delete(id);
    return persistentIds;
  `,
  populateIdMapWithTree: `
    for (const { elt, id } of elements) {
      if (!persistentIds.has(id)) continue;
      for (let current = elt; current; current = current === root ? null : current.parentElement) {
        idMap.set(current, (idMap.get(current) || new Set()).add(id));
      }
    }
  `,
};

/** What it asks of nodes, which a field of that name shadows in its form: it would stop, or go round in circles. */
const SHADOWABLE = new RegExp(
  `((?:\\b\\w+\\.)*\\b\\w+)(?=\\??\\.(?:${[
    "attributes childNodes contains firstChild focus getAttribute hasAttribute insertBefore localName moveBefore namespaceURI",
    "nextSibling nodeName parentElement parentNode querySelector querySelectorAll remove removeAttribute setAttributeNode",
    "tagName",
  ]
    .join(" ")
    .replaceAll(" ", "|")})\\b)`,
  "g",
);

const DOM = fileURLToPath(new URL("../src/ground/dom.ts", import.meta.url));

const IDIOMORPH_CUTS: readonly (readonly [RegExp, string])[] = [
  // Comments hold such words as are looked for here.
  [/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""],
  [/"use strict";/, ""],
  [/^ {2}const \{ normalizeElement, [\s\S]*?\n {2}\}\)\(\);/m, ""],
  [/^ {2}const is = [\s\S]*?\n {2}\}\)\(\);/m, ""],
  // One function, with the others inside, instead of a context that is handed from each to each.
  [/^var Idiomorph = [\s\S]*?\{$/m, "const Idiomorph = { morph(target, newContent, { morphStyle, callbacks }) {"],
  [/^ {2}function morph\([\s\S]*?\n {2}\}/m, IDIOMORPH_MORPH],
  [/^ {2}return \{\s+morph,[\s\S]*?\n\}\)\(\);/m, "} };"],
  [/^ *const \w+ = \(function \(\) \{$/gm, ""],
  [/^ *return \w+;\s+\}\)\(\);$/gm, ""],
  [/\bctx,\s*|,\s*ctx\b/g, ""],
  [/\bctx\.activeElementAndParents\.includes\(cursor\)/, "cursor.contains(focused)"],
  [/\bctx\./g, ""],
  [/\bnewContent\.__idiomorphRoot \|\| /, ""],
  [SHADOWABLE, "unshadowed($1)"],
];

export function slimIdiomorph(): Plugin {
  return {
    name: "slim-idiomorph",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("idiomorph.esm")) return undefined;
      const rest = IDIOMORPH_CUTS.reduce(
        (rest, [pattern, replacement]) => {
          if (rest.search(pattern) < 0) this.error(`expected ${pattern} in idiomorph, found none`);
          return rest.replace(pattern, replacement);
        },
        withBodies(code, IDIOMORPH),
      );
      return { code: `import { dom as document, unshadowed } from ${JSON.stringify(DOM)};${rest}`, map: null };
    },
  };
}
