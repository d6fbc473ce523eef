/** Whether the user is busy with an element, so that it must not be replaced under their hands. Knows nothing of messages. */
import { dom, focusedElement, matches, unshadowed } from "../ground/dom.ts";
import { elementsIn, watchEntries } from "./entries.ts";
import { isHeld, isOpened, isPlaying, watchHands } from "./hands.ts";
import { NOTICE } from "./notice.ts";
import { listen, sharedWatch } from "./watch.ts";

/** Where one enters something, and the button with which an update is asked for: who is there has not left. */
const EDITABLE = `input:not([type=submit], [type=button], [type=reset], [type=image]), textarea, select, iframe, object, embed,
  [role=textbox], [role=searchbox], [role=combobox], [role=spinbutton], [role=slider], .${NOTICE} *`;
/** Links and forms of pat-modal have its class before anything is open. */
const MODAL = 'dialog[open], [aria-modal="true"], .pat-modal:not(a, form, .pat-subform), .modal.show, :popover-open';

/** Whether the element holds a field that has the focus. */
export function hasFocus(element: Element): boolean {
  const host = dom.activeElement;
  return host !== null && host !== dom.body && unshadowed(element).contains(host) && isField(focusedElement() ?? host);
}

/** What a custom element keeps in a closed shadow tree cannot be seen: it may be a field. */
function isField(focused: Element): boolean {
  const { localName, shadowRoot } = unshadowed(focused);
  const isEdited = focused instanceof HTMLElement && unshadowed(focused).isContentEditable;
  return (localName.includes("-") && !shadowRoot) || isEdited || matches(focused, EDITABLE);
}

/** Whether the element, or something in it, says that the user has changed it. */
export function isDirty(element: Element): boolean {
  return matches(element, ".is-dirty") || unshadowed(element).querySelector(".is-dirty") !== null;
}

/** Whether replacing the element, or its content, would interrupt the user. */
export function isOccupied(element: Element): boolean {
  const { fullscreenElement } = dom;
  return (
    hasFocus(element) ||
    isHeld(element) ||
    isSelected(element) ||
    (fullscreenElement !== null && unshadowed(element).contains(fullscreenElement)) ||
    isDirty(element) ||
    elementsIn(element).some(
      (part) => isPlaying(part) || isOpened(part, element) || (part !== element && matches(part, MODAL)),
    )
  );
}

/** Events of the document after which an element may not be occupied any more. */
export const LEAVING = "focusout focusin selectionchange pause volumechange ended emptied close toggle submit reset";

function isSelected(element: Element): boolean {
  isRange ??= dom.getSelection()?.isCollapsed === false;
  return isRange && (dom.getSelection()?.containsNode(element, true) ?? false);
}

/**
 * Whether something is selected on the page. Looked up once after each change: to answer, the browser lays out the page,
 * which between the injections of a burst would cost more than they do.
 */
let isRange: boolean | undefined;

const watchSelection = sharedWatch((signal) => {
  const forget = () => {
    isRange = undefined;
  };
  forget();
  listen("selectionchange", signal, forget);
});

/** Has to have been called for {@link isOccupied} to be right. Returns the undo. */
export function watchUse(): () => void {
  const undos = [watchSelection(), watchHands(), watchEntries()];
  return () => {
    for (const undo of undos) undo();
  };
}
