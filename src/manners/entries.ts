/** What the user has entered into fields, and not sent yet. Knows nothing of messages. */
import { dom } from "../ground/dom.ts";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const FIELDS = "input, textarea, select";

/** Whether what the field holds is the user's, not the server's. */
export function isEntered(node: Node): boolean {
  if (node instanceof HTMLInputElement) {
    if (isChoice(node)) return node.checked !== node.defaultChecked;
    return node.value !== node.defaultValue && node.value !== initialValue(node);
  }
  if (node instanceof HTMLTextAreaElement) return node.value !== node.defaultValue;
  if (!(node instanceof HTMLSelectElement)) return false;
  const options = [...node.options];
  const isChanged = options.some(({ selected, defaultSelected }) => selected !== defaultSelected);
  // Without a default, a drop-down list shows its first option.
  const isUntouched = !node.multiple && node.selectedIndex <= 0 && !options.some((option) => option.defaultSelected);
  return isChanged && !isUntouched;
}

/** Whether the element holds, or is, a field with something entered. */
export function hasEntries(element: Element): boolean {
  return fieldsOf(element).some(isEntered);
}

/**
 * Note what has been entered. Returns the function that puts it into the fields that have taken the place of the old ones:
 * those of the same id, or of the same name.
 */
export function keepEntries(element: Element): () => void {
  const place = element.parentElement;
  const entered = fieldsOf(element).filter(isEntered);
  return () => {
    const fields = place ? fieldsOf(place) : [];
    for (const old of entered) {
      if (old.isConnected) continue;
      const successor = fields.find((field) => isSameField(field, old));
      if (successor && !isEntered(successor)) copy(old, successor);
    }
  };
}

/** The fields in it, and the element itself if it is one. */
export function fieldsOf(root: Element | DocumentFragment): Field[] {
  return [root, ...root.querySelectorAll(FIELDS)].filter((field) => isField(field));
}

/** Whether two fields, of old and new content, are for the same entry: by id, or else by name. */
export function isSameField(a: Field, b: Field): boolean {
  const hasSameName = b.id ? a.id === b.id : b.name !== "" && a.name === b.name;
  return hasSameName && a.type === b.type && (!isChoice(b) || a.value === b.value);
}

function isField(node: Node): node is Field {
  return node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
}

/** A slider or a colour begins with a value of its own where its default is none. */
function initialValue(input: HTMLInputElement): string {
  const fresh = dom.createElement("input");
  for (const { name, value } of input.attributes) fresh.setAttribute(name, value);
  return fresh.value;
}

function isChoice({ type }: Field): boolean {
  return type === "radio" || type === "checkbox";
}

function copy(from: Field, to: Field): void {
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) {
    if (isChoice(from)) to.checked = from.checked;
    else if (from.type === "file") to.files = from.files;
    else to.value = from.value;
  } else if (from instanceof HTMLSelectElement && to instanceof HTMLSelectElement) {
    for (const option of to.options) {
      option.selected = [...from.selectedOptions].some(({ value }) => value === option.value);
    }
  } else {
    to.value = from.value;
  }
}
