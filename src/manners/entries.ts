/** What the user has entered into fields and editors, and not sent yet. Knows nothing of messages. */
import { dom, focusedElement, idOf, unshadowed } from "../ground/dom.ts";
import { listen, sharedWatch } from "./watch.ts";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What each field held when it was last sent. */
const sent = new WeakMap<Field, string>();
/** Fields, texts edited in place, and frames with an editor, that the user has written in. Scripts enter something, too. */
const written = new WeakSet<Element>();

/** Has to have been called for {@link isEntered} to be right. Returns the undo. */
export const watchEntries = sharedWatch((signal) => {
  const input = (event: Event) => {
    const [node] = event.composedPath();
    // Who leaves a field that was sent meanwhile has entered nothing new.
    if (event.type === "change" && isField(node) && isSent(node)) return;
    const frame = event.currentTarget !== document && focusedElement();
    if (frame) enter(frame);
    else if (isField(node) || (node instanceof HTMLElement && (node.isContentEditable || isSealed(node)))) enter(node);
  };
  // A script's own event counts when the user has just done something that may have led to it.
  const on = (types: string, listener: (event: Event) => void) =>
    listen(types, signal, (event) => (event.isTrusted || navigator.userActivation.isActive) && listener(event));
  on("input change", input);
  // Pickers and the like enter by script what the user has chosen.
  on("pointerdown pointerup click keydown keyup input change drop", (event) => {
    const trees = event.composedPath().filter((node) => node instanceof ShadowRoot);
    const before = statesOf([dom, ...trees].flatMap(fieldsIn));
    afterwards(event, () => {
      for (const [field, state] of before) if (state !== stateOf(field)) enter(field);
    });
  });
  // What is typed in a frame, only the frame's own document hears. That of a foreign site is null.
  const follow = () => {
    for (let frame = focusedElement(); isFrame(frame); frame = frame.contentDocument?.activeElement ?? null) {
      frame.contentDocument?.addEventListener("input", input, { capture: true, signal });
      // Who goes on to another frame does not come back to the page in between.
      frame.contentDocument?.defaultView?.addEventListener("blur", follow, { signal });
    }
  };
  window.addEventListener("blur", follow, { signal });
  listen("submit", signal, submitted);
  // What the user, or a browser that restores it, has entered before: by whom it was, nobody knows any more.
  if (navigator.userActivation.hasBeenActive || performance.navigation.type) {
    for (const field of fieldsIn(dom)) written.add(field);
  }
});

/** What was sent before does not matter any more, even if it was the same. */
function enter(element: Element): void {
  written.add(element);
  if (isField(element)) sent.delete(element);
}

/** What a custom element keeps in a closed shadow tree cannot be seen: it may be a field. */
export function isSealed(element: Element): boolean {
  const { localName, shadowRoot } = unshadowed(element);
  return localName.includes("-") && !shadowRoot;
}

/** By its name: one in a frame is not of this page's own class. */
export function isFrame(element: Element | null): element is HTMLIFrameElement {
  return element?.localName === "iframe";
}

/** What is to be noted of events that may not be over. */
const notes = new Map<Event, () => void>();

function afterwards(event: Event, note: () => void): void {
  notes.set(event, note);
  setTimeout(settle);
}

/**
 * What became of an event is known when every listener has heard of it. Who asks before the timer must not find a form
 * unsent: the click that sends it may also be what an update has waited for.
 */
function settle(): void {
  for (const [event, note] of notes) {
    if (event.eventPhase !== Event.NONE) continue;
    notes.delete(event);
    note();
  }
}

function submitted(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const values = statesOf(fieldsIn(dom).filter((field) => field.form === form));
  afterwards(event, () => {
    // Validation stops it; what only stops the browser from doing it sends it by itself.
    if (event.defaultPrevented && values.some(([{ validity }]) => !validity.valid)) return;
    for (const [field, state] of values) sent.set(field, state);
    for (const element of elementsIn(form)) saved(element);
  });
}

/** Whether what it holds is the user's, not the server's, nor a script's. Of radio buttons, the chosen one says it for all. */
export function isEntered(node: Node): boolean {
  settle();
  if (!isField(node)) return node instanceof Element && written.has(node);
  return written.has(node) && !isSent(node) && stateOf(node) !== stateOf(fresh(node));
}

/** Whether it holds what has been sent. */
export function isSent(field: Field): boolean {
  return stateOf(field) === sent.get(field);
}

/** What was entered is the server's by now. */
export function saved(element: Element): void {
  written.delete(element);
}

/**
 * Note what has been entered. Returns the function that puts it into the fields that have taken the place of the old ones:
 * those that {@link isSameField} finds; of several, the one at the same place among them.
 */
export function keepEntries(element: Element): () => void {
  const place = unshadowed(element).parentElement ?? dom.body;
  const returns = fieldsOf(element)
    .filter(isEntered)
    .map((old) => {
      const isSame = isSameField(old);
      const likes = () => fieldsOf(place).filter(isSame);
      const index = likes().indexOf(old);
      return () => {
        const successors = likes();
        const successor = successors[Math.min(index, successors.length - 1)];
        if (old.isConnected || !successor || isEntered(successor)) return;
        copyState(old, successor);
        written.add(successor);
      };
    });
  return () => {
    for (const giveBack of returns) giveBack();
  };
}

/** The element and all in it, open shadow trees too. */
export function elementsIn(root: Element | DocumentFragment): Element[] {
  const own = [...unshadowed(root).querySelectorAll("*")];
  if (root instanceof Element) own.unshift(root);
  return own.flatMap((element) => {
    const { shadowRoot } = unshadowed(element);
    return shadowRoot ? [element, ...elementsIn(shadowRoot)] : element;
  });
}

/** The fields in it, and the element itself if it is one. */
export function fieldsOf(root: Element | DocumentFragment): Field[] {
  return elementsIn(root).filter(isField);
}

/**
 * Returns whether a field of new content is for the same entry as the old one: by id, or else by name, and not in another
 * item of a list. Where the old one is counts at the time of the call.
 */
export function isSameField(old: Field): (fresh: Field) => boolean {
  const items = itemsOf(old);
  return (fresh) => {
    if (fresh.type !== old.type || (isChoice(old) && fresh.value !== old.value)) return false;
    if (fresh.id && old.id) return fresh.id === old.id;
    const isNamed = old.name !== "" || (!old.id && !fresh.id);
    return isNamed && fresh.name === old.name && items.includes(itemsOf(fresh).find(Boolean) ?? "");
  };
}

/** The ids of what it is in, the nearest first; an empty one for what has none. */
function itemsOf(node: Node): string[] {
  const { parentNode } = unshadowed(node);
  return parentNode ? [idOf(parentNode), ...itemsOf(parentNode)] : [];
}

export function isField(node: unknown): node is Field {
  return node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
}

/** A radio button is one field with those of its group. */
export function groupOf(field: Field): Field[] {
  if (field.type !== "radio" || field.name === "") return [field];
  return fieldsIn(field.getRootNode()).filter(
    ({ type, name, form }) => type === "radio" && name === field.name && form === field.form,
  );
}

/** Those of one tree, without its shadow trees. */
function fieldsIn(root: Node): Field[] {
  const isParent = root instanceof Document || root instanceof DocumentFragment || root instanceof Element;
  return isParent ? [...unshadowed(root).querySelectorAll("input, textarea, select")].filter(isField) : [];
}

/** A copy as the server sent it: only a reset tells what a browser makes of a line end, of a slider, of no choice. */
function fresh(field: Field): Field {
  const form = dom.createElement("form");
  const copy = dom.importNode(field, true);
  form.append(copy);
  // A field called `reset` would shadow it.
  unshadowed(form).reset();
  return copy;
}

function statesOf(fields: readonly Field[]): (readonly [Field, string])[] {
  return fields.map((field) => [field, stateOf(field)]);
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
