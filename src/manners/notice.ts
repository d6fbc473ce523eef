/** The little the library shows to the user: one line in a target, with a button. How it looks is the page's business. */
import { dom, unshadowed } from "../ground/dom.ts";

/** Class of every notice. */
export const NOTICE = "pat-inject-async-notice";

/** Elements that hold other things than text and buttons, or that the user writes in. */
const CRAMPED =
  "table, thead, tbody, tfoot, tr, colgroup, ul, ol, dl, select, optgroup, option, textarea, input, img, picture, video, audio, canvas, iframe, object, embed, svg, svg *, math, hr, br, meter, progress, details, [contenteditable], [contenteditable] *, a, button, label";

interface NoticeOptions {
  /** Class of the notice, besides {@link NOTICE}. */
  readonly name: string;
  /** A sentence before the button. */
  readonly text?: string | undefined;
  /** The button's label, and what it does. */
  readonly button?: { readonly label: string; press(): void } | undefined;
}

let count = 0;

/** Put a notice at the start of the target, or of the nearest element around it that can hold one. Returns its removal. */
export function showNotice(target: Element, { name, text, button }: NoticeOptions): () => void {
  const notice = dom.createElement("span");
  notice.className = `${NOTICE} ${name}`;
  // Its own, so that morphing never takes it for something of the page.
  notice.id = `${NOTICE}-${++count}`;
  if (text !== undefined) notice.append(text, " ");
  if (button) {
    const element = dom.createElement("button");
    // Within a form it must not send it.
    element.type = "button";
    element.textContent = button.label;
    element.addEventListener("click", () => button.press());
    notice.append(element);
  }
  unshadowed(unshadowed(target).closest(`:not(${CRAMPED})`) ?? dom.body).prepend(notice);
  return () => notice.remove();
}
