/** Targets on the page: finding them. Knows nothing of messages. */
import { dom, elementById } from "./dom.ts";
import { ProtocolError } from "./protocol.ts";

/** Elements that one selector may match: more is a mistake, and would change the whole page. */
const MAX_TARGETS_PER_SELECTOR = 1_000;

/** `:is(:is(…))`: each level more multiplies what a browser has to look at. */
const MAX_PARENTHESES_DEPTH = 2;

/** Whether the browser understands a selector, and it selects elements: a pseudo-element is no element. */
export function isSelector(selector: string): boolean {
  if (idOf(selector) !== undefined) return true;
  if (/::[\w-]+$/.test(selector) || depthOf(selector) > MAX_PARENTHESES_DEPTH) return false;
  try {
    dom.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

/** How deep parentheses are nested, those in quotes included. */
function depthOf(selector: string): number {
  let depth = 0;
  let most = 0;
  for (const character of selector) {
    if (character === "(") most = Math.max(most, ++depth);
    else if (character === ")") depth--;
  }
  return most;
}

/** One way to write a selector, so that targets can be compared: an id is written as CSS writes it. */
export function canonical(selector: string): string {
  if (PLAIN.test(selector)) return selector;
  const id = idOf(selector);
  return id === undefined ? selector.trim() : `#${CSS.escape(id)}`;
}

/** The elements that match now. An id is looked up directly, which costs the same on a page of any size. */
export function findTargets(selector: string): Element[] {
  const id = idOf(selector);
  if (id === undefined) return [...dom.querySelectorAll(selector)];
  const element = elementById(id);
  return element ? [element] : [];
}

/**
 * The same, for those who change them.
 *
 * @param action what happens to them: pat-inject's word.
 * @throws {ProtocolError} when there are more than 1000, or one is not in the body.
 */
export function requireTargets(selector: string, action: string): Element[] {
  const targets = findTargets(selector);
  if (targets.length > MAX_TARGETS_PER_SELECTOR) {
    throw new ProtocolError(
      "target",
      `a selector of at most ${MAX_TARGETS_PER_SELECTOR} elements`,
      `${selector}, of ${targets.length}`,
    );
  }
  const { body } = dom;
  if (targets.some((target) => !body.contains(target) || (target === body && action.startsWith("element")))) {
    throw new ProtocolError("target", "a selector of elements in the body", `${selector}, outside of it`);
  }
  return targets;
}

/** Whether any element matches now. */
export function targetExists(selector: string): boolean {
  const id = idOf(selector);
  return id === undefined ? dom.querySelector(selector) !== null : elementById(id) !== null;
}

/** An id as nearly all are. */
const PLAIN = /^#[a-z_][\w-]*$/i;

/** The id that a selector consists of. Digits may lead, as in `#4f2a`, which `querySelector` would not take. */
function idOf(selector: string): string | undefined {
  if (PLAIN.test(selector)) return selector.slice(1);
  const written = /^#((?:[\w-]|[^\0-\x7f]|\\[^\n])+)$/.exec(selector.trim())?.[1];
  return written?.replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, (_, code?: string, literal?: string) =>
    code === undefined ? (literal ?? "") : characterOf(Number.parseInt(code, 16)),
  );
}

/** As CSS reads an escape. */
function characterOf(code: number): string {
  return String.fromCodePoint(code === 0 || code > 0x10ffff ? 0xfffd : code);
}
