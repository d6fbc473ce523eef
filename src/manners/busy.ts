/** Whether the user is busy with an element, so that it must not be replaced under their hands. Knows nothing of messages. */
import { dom } from "../ground/dom.ts";
import { NOTICE } from "./notice.ts";

/** Where one enters something, and the button with which an update is asked for: who is there has not left. */
const FIELD = `input, textarea, select, iframe, [contenteditable], [contenteditable] *, .${NOTICE} *`;
/** Links and forms of pat-modal have its class before anything is open. */
const MODAL = 'dialog[open], [aria-modal="true"], .pat-modal:not(a, form, .pat-subform), .modal.show, :popover-open';

/** Whether the element holds a field that has the focus. */
function hasFocus(element: Element): boolean {
  const focused = dom.activeElement;
  return focused !== null && focused !== dom.body && element.contains(focused) && focused.matches(FIELD);
}

/** Whether the element, or something in it, says that the user has changed it. */
export function isDirty(element: Element): boolean {
  return element.matches(".is-dirty") || element.querySelector(".is-dirty") !== null;
}

/** Whether it is a recording that plays. */
export function isPlaying(node: Node): boolean {
  return node instanceof HTMLMediaElement && !node.paused && !node.ended;
}

/** Whether replacing the element, or its content, would interrupt the user. */
export function isOccupied(element: Element): boolean {
  return (
    hasFocus(element) ||
    isDirty(element) ||
    isSelected(element) ||
    isPlaying(element) ||
    [...element.querySelectorAll(`${MODAL}, audio, video`)].some((part) => part.matches(MODAL) || isPlaying(part))
  );
}

/** Events of the document after which an element may not be occupied any more. */
export const LEAVING = [
  "focusout",
  "focusin",
  "selectionchange",
  "pause",
  "ended",
  "emptied",
  "close",
  "toggle",
  "submit",
  "reset",
];

function isSelected(element: Element): boolean {
  return selection.isRange && (dom.getSelection()?.containsNode(element, true) ?? false);
}

/**
 * Whether something is selected on the page. Looked up once after each change: to answer, the browser lays out the page,
 * which between the injections of a burst would cost more than they do.
 */
class SelectionWatch {
  #isRange: boolean | undefined;
  #users = 0;
  readonly #forget = () => {
    this.#isRange = undefined;
  };

  get isRange(): boolean {
    this.#isRange ??= dom.getSelection()?.isCollapsed === false;
    return this.#isRange;
  }

  /** Until the returned function is called, changes are noticed. */
  start(): () => void {
    if (this.#users++ === 0) dom.addEventListener("selectionchange", this.#forget);
    this.#forget();
    return () => {
      if (--this.#users === 0) dom.removeEventListener("selectionchange", this.#forget);
    };
  }
}

const selection = new SelectionWatch();

/** Has to have been called for {@link isOccupied} to be right. Returns the undo. */
export function watchSelection(): () => void {
  return selection.start();
}
