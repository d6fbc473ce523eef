/** What the user has entered into fields and editors, and not sent yet. Knows nothing of messages. */
import { dom, focusedElement, unshadowed } from "../ground/dom.ts";
import { listen, sharedWatch } from "./watch.ts";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What each field held when it was last sent. */
const sent = new WeakMap<Field, string>();
/** Texts edited in place, and frames with an editor, that have been written in. They do not know what the server sent. */
const written = new WeakSet<Element>();

/** Fields that were there when the user did anything on the page. */
const seen = new WeakSet<Element>();

/** Has to have been called for {@link isEntered} to be right. Returns the undo. */
export const watchEntries = sharedWatch((signal) => {
  const input = (event: Event) => {
    const [node] = event.composedPath();
    const frame = event.currentTarget !== document && focusedElement();
    if (frame) written.add(frame);
    else if (node instanceof HTMLElement && node.isContentEditable) written.add(node);
  };
  listen("input", signal, input);
  // What is typed in a frame, only the frame's own document hears. That of a foreign site is null.
  const enter = () => {
    for (let frame = focusedElement(); isFrame(frame); frame = frame.contentDocument?.activeElement ?? null) {
      frame.contentDocument?.addEventListener("input", input, { capture: true, signal });
      // Who goes on to another frame does not come back to the page in between.
      frame.contentDocument?.defaultView?.addEventListener("blur", enter, { signal });
    }
  };
  window.addEventListener("blur", enter, { signal });
  listen("submit", signal, submitted);
  const see = () => {
    for (const field of dom.querySelectorAll(FIELDS)) seen.add(field);
  };
  // What a browser has restored is there already.
  see();
  listen("pointerdown keydown input change drop", signal, see);
});

/** By its name: one in a frame is not of this page's own class. */
export function isFrame(element: Element | null): element is HTMLIFrameElement {
  return element?.localName === "iframe";
}

/** What notes that a form was sent, for each that is about to be. */
const submissions = new Map<Event, () => void>();

function submitted(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const fields = [...dom.querySelectorAll(FIELDS)].filter(isField).filter((field) => field.form === form);
  const values = fields.map((field) => [field, stateOf(field)] as const);
  submissions.set(event, () => {
    // Validation stops it; what only stops the browser from doing it sends it by itself.
    if (event.defaultPrevented && fields.some(({ validity }) => !validity.valid)) return;
    for (const [field, state] of values) sent.set(field, state);
    for (const element of elementsIn(form)) written.delete(element);
  });
  setTimeout(settle);
}

/**
 * Whether a form is sent is known when every listener has heard of it. Who asks before the timer must not find it unsent: the
 * click that sends it may also be what an update has waited for.
 */
function settle(): void {
  for (const [event, note] of submissions) {
    if (event.eventPhase !== Event.NONE) continue;
    submissions.delete(event);
    note();
  }
}

const FIELDS = "input, textarea, select";

/** Whether what it holds is the user's, not the server's. */
export function isEntered(node: Node): boolean {
  settle();
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

/** Whether the user may have entered it, and not only the script that has made the field. */
export function isTouched(entry: Element): boolean {
  return seen.has(entry) || !isField(entry) || entry.getRootNode() !== document;
}

/** What was edited in place is the server's by now. */
export function saved(element: Element): void {
  written.delete(element);
}

/**
 * Note what has been entered. Returns the function that puts it into the fields that have taken the place of the old ones:
 * those of the same id, or of the same name; of several, the one at the same place among them.
 */
export function keepEntries(element: Element): () => void {
  const place = unshadowed(element).parentElement;
  const likes = (field: Field) => (place ? fieldsOf(place) : []).filter((other) => isSameField(other, field));
  // Of a group of radio buttons, the chosen one says all.
  const entered = fieldsOf(element)
    .filter((field) => isEntered(field) && (field.type !== "radio" || stateOf(field) === "true"))
    .map((field) => ({ old: field, index: likes(field).indexOf(field) }));
  return () => {
    for (const { old, index } of entered) {
      if (old.isConnected) continue;
      const successors = likes(old);
      const successor = successors[Math.min(index, successors.length - 1)];
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
  const hasSameName = a.id && b.id ? a.id === b.id : b.name !== "" && a.name === b.name;
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
  const all = isParent ? unshadowed(root).querySelectorAll(FIELDS) : [];
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
    const isSame =
      from.length === to.length && [...from.options].every(({ value }, at) => value === to.options[at]?.value);
    const values = Array.from(from.selectedOptions, ({ value }) => value);
    for (const [at, option] of [...to.options].entries()) {
      option.selected = isSame ? from.options[at]?.selected === true : values.includes(option.value);
    }
  } else {
    to.value = from.value;
  }
}
