/** Whether the user is busy with an element, so that it must not be replaced under their hands. Knows nothing of messages. */
import { dom, focusedElement, matches, unshadowed } from "../ground/dom.ts";
import { elementsIn, isSealed, watchEntries } from "./entries.ts";
import { isHeld, isOpened, isPlaying, watchHands } from "./hands.ts";
import { NOTICE } from "./notice.ts";
import { listen, sharedWatch } from "./watch.ts";

/** Where one enters something: with the focus it is in use. */
export const ENTRY_SELECTOR =
  "input:not([type=submit], [type=button], [type=reset], [type=image]), textarea, select, iframe";
/** The same, and the button with which an update is asked for: who is there has not left. */
const EDITABLE = `${ENTRY_SELECTOR}, object, embed,
  [role=textbox], [role=searchbox], [role=combobox], [role=spinbutton], [role=slider], .${NOTICE} *`;
/** A select2 whose list is open, which is not in it, but at the end of the body. */
export const OPEN_PICKER = ".select2-dropdown-open";
/** Links and forms of pat-modal have its class before anything is open. */
const OPEN = `dialog[open], [aria-modal=true], .pat-modal:not(a, form, .pat-subform), .modal.show, :popover-open, ${OPEN_PICKER}`;

/** Whether the element holds a field that has the focus. */
export function hasFocus(element: Element): boolean {
  const host = dom.activeElement;
  return (
    host !== null && host !== dom.body && unshadowed(element).contains(host) && isEditable(focusedElement() ?? host)
  );
}

/** Whether one enters something there. */
function isEditable(element: Element): boolean {
  const isEdited = element instanceof HTMLElement && unshadowed(element).isContentEditable;
  return isSealed(element) || isEdited || matches(element, EDITABLE);
}

/** Whether the element, or something in it, says that the user has changed it. */
export function isDirty(element: Element): boolean {
  return matches(element, ".is-dirty") || unshadowed(element).querySelector(".is-dirty") !== null;
}

/** Whether replacing the element as a whole, or its content, would interrupt the user. */
export function isOccupied(element: Element, isWhole: boolean): boolean {
  const { fullscreenElement } = dom;
  return (
    hasFocus(element) ||
    isHeld(element) ||
    isSelected(element) ||
    (fullscreenElement !== null && unshadowed(element).contains(fullscreenElement)) ||
    isDirty(element) ||
    elementsIn(element).some(
      (part) =>
        isPlaying(part) ||
        isOpened(part, element, isWhole) ||
        ((isWhole || part !== element) && matches(part, OPEN) && unshadowed(part).checkVisibility()),
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
