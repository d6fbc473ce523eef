/** What the user has entered into fields and editors, and not sent yet. Knows nothing of messages. */
import { dom, unshadowed } from "../ground/dom.ts";
import { sharedWatch } from "./watch.ts";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What each field held when it was last sent. */
const sent = new WeakMap<Field, string>();
/** Texts edited in place, and frames with an editor, that have been written in. They do not know what the server sent. */
const written = new WeakSet<Element>();

/** Has to have been called for {@link isEntered} to be right. Returns the undo. */
export const watchEntries = sharedWatch((signal) => {
  const input = (event: Event) => {
    const [node] = event.composedPath();
    const frame = event.currentTarget !== document && dom.activeElement;
    if (frame) written.add(frame);
    else if (node instanceof HTMLElement && node.isContentEditable) written.add(node);
  };
  dom.addEventListener("input", input, { capture: true, signal });
  // What is typed in a frame, only the frame's own document hears. That of a foreign site is null.
  const enter = () => {
    const frame = dom.activeElement;
    if (!(frame instanceof HTMLIFrameElement)) return;
    frame.contentDocument?.addEventListener("input", input, { capture: true, signal });
  };
  window.addEventListener("blur", enter, { signal });
  dom.addEventListener("submit", (event) => submitted(event), { capture: true, signal });
});

function submitted(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const fields = [...dom.querySelectorAll(FIELDS)].filter(isField).filter((field) => field.form === form);
  const values = fields.map((field) => [field, stateOf(field)] as const);
  setTimeout(() => {
    // Validation stops it; what only stops the browser from doing it sends it by itself.
    if (event.defaultPrevented && fields.some(({ validity }) => !validity.valid)) return;
    for (const [field, state] of values) sent.set(field, state);
    for (const element of elementsIn(form)) written.delete(element);
  });
}

const FIELDS = "input, textarea, select";

/** Whether what it holds is the user's, not the server's. */
export function isEntered(node: Node): boolean {
  if (!isField(node)) return node instanceof Element && written.has(node);
  const group = groupOf(node);
  if (group.every(isAsWritten)) return false;
  const copies = fresh(group);
  return group.some((field, index) => {
    const state = stateOf(field);
    const copy = copies[index];
    return state !== sent.get(field) && copy !== undefined && state !== stateOf(copy);
  });
}

/** Whether the element holds, or is, something with an entry. */
export function hasEntries(element: Element): boolean {
  return elementsIn(element).some(isEntered);
}

/**
 * Note what has been entered. Returns the function that puts it into the fields that have taken the place of the old ones:
 * those of the same id, or of the same name.
 */
export function keepEntries(element: Element): () => void {
  const place = element.parentElement;
  // Of a group of radio buttons, the chosen one says all.
  const entered = fieldsOf(element).filter(
    (field) => isEntered(field) && (field.type !== "radio" || stateOf(field) === "true"),
  );
  return () => {
    const fields = place ? fieldsOf(place) : [];
    for (const old of entered) {
      if (old.isConnected) continue;
      const successor = fields.find((field) => isSameField(field, old));
      if (successor && !isEntered(successor)) copyState(old, successor);
    }
  };
}

/** The element and all in it, open shadow trees too. */
export function elementsIn(root: Element | DocumentFragment): Element[] {
  const found = root instanceof Element ? [root] : [];
  const roots: ParentNode[] = [root];
  if (root instanceof Element && root.shadowRoot) roots.push(root.shadowRoot);
  for (const one of roots) {
    const own = one instanceof Element ? unshadowed(one) : one;
    for (const element of own.querySelectorAll("*")) {
      found.push(element);
      if (element.shadowRoot) roots.push(element.shadowRoot);
    }
  }
  return found;
}

/** The fields in it, and the element itself if it is one. */
export function fieldsOf(root: Element | DocumentFragment): Field[] {
  return elementsIn(root).filter(isField);
}

/** Whether two fields, of old and new content, are for the same entry: by id, or else by name. */
export function isSameField(a: Field, b: Field): boolean {
  const hasSameName = b.id ? a.id === b.id : b.name !== "" && a.name === b.name;
  return hasSameName && a.type === b.type && (!isChoice(b) || a.value === b.value);
}

export function isField(node: unknown): node is Field {
  return node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
}

/** A radio button is one field with those of its group. */
export function groupOf(field: Field): Field[] {
  if (field.type !== "radio" || field.name === "") return [field];
  const root = field.getRootNode();
  const isParent = root instanceof Document || root instanceof DocumentFragment || root instanceof Element;
  const all = isParent ? root.querySelectorAll(FIELDS) : [];
  return [...all]
    .filter(isField)
    .filter(({ type, name, form }) => type === "radio" && name === field.name && form === field.form);
}

/** Whether it holds just what is written in its markup. When not, it may still be as the server sent it. */
function isAsWritten(field: Field): boolean {
  if (field instanceof HTMLSelectElement) return false;
  if (!isChoice(field)) return field.value === field.defaultValue;
  return field instanceof HTMLInputElement && field.checked === field.defaultChecked;
}

/** Copies as the server sent them: only a reset tells what a browser makes of a line end, of a slider, of no choice. */
function fresh(fields: readonly Field[]): Field[] {
  // Fields called `reset` or `children` would shadow what is called here.
  const form = unshadowed(dom.createElement("form"));
  form.append(...fields.map((field) => field.cloneNode(true)));
  form.reset();
  return [...form.children].filter(isField);
}

/** What a field holds, to be compared. */
export function stateOf(field: Field): string {
  if (field instanceof HTMLSelectElement)
    return JSON.stringify(Array.from(field.selectedOptions, ({ value }) => value));
  return field instanceof HTMLInputElement && isChoice(field) ? String(field.checked) : field.value;
}

function isChoice({ type }: Field): boolean {
  return type === "radio" || type === "checkbox";
}

export function copyState(from: Field, to: Field): void {
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) {
    if (isChoice(from)) to.checked = from.checked;
    else if (from.type === "file") to.files = from.files;
    else to.value = from.value;
  } else if (from instanceof HTMLSelectElement && to instanceof HTMLSelectElement) {
    const values = Array.from(from.selectedOptions, ({ value }) => value);
    for (const option of to.options) option.selected = values.includes(option.value);
  } else {
    to.value = from.value;
  }
}
