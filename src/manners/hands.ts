/** What the user does with mouse, finger and keys: presses, drags, opens, starts. Knows nothing of targets. */
import { dom, elementById, matches, unshadowed } from "../ground/dom.ts";
import { listen, sharedWatch } from "./watch.ts";

/** What opens something beside itself, or in itself. */
const OPENER = "summary, [aria-expanded]";

/** What the user has opened, and what it was opened with. */
const opened = new WeakMap<Element, Element>();
const started = new WeakSet<EventTarget>();
const paused = new WeakSet<EventTarget>();
/** What is held at this moment: pressed by pointer or key, dragged, dragged over. */
const held = new Map<"press" | "drag" | "over", Node>();

/** Events of the document with which something held is let go, or something opened closed. */
export const RELEASES = "click pointerup pointercancel keyup contextmenu dragend dragleave drop fullscreenchange";

/** Has to have been called for the others to be right. Returns the undo. */
export const watchHands = sharedWatch((signal) => {
  const on = (types: string, listener: (event: Event) => void) => listen(types, signal, listener);
  const hold = (what: "press" | "drag" | "over") => (event: Event) => {
    if (event.target instanceof Node) held.set(what, event.target);
  };
  const press = hold("press");
  on("pointerdown", press);
  // A button is clicked when the key is let go.
  on("keydown", (event) => event instanceof KeyboardEvent && event.key === " " && press(event));
  // The click comes after it, in the same task. A press that opens a context menu may never be let go.
  on("pointerup pointercancel keyup contextmenu", () => setTimeout(() => held.delete("press")));
  on("dragstart", hold("drag"));
  on("dragenter", hold("over"));
  on("dragleave", (event) => event instanceof DragEvent && !event.relatedTarget && held.delete("over"));
  on("dragend drop", () => setTimeout(() => held.clear()));
  // Menus open with the arrow keys, or when the pointer comes, too.
  on("click keydown pointerover", (event) => {
    const [target] = event.composedPath();
    const opener = target instanceof Element && unshadowed(target).closest(OPENER);
    if (!opener || isOpen(opener)) return;
    for (const element of [opener, elementById(unshadowed(opener).getAttribute("aria-controls") ?? "")]) {
      if (element) opened.set(element, opener);
    }
  });
  on("play", ({ target }) => {
    if (!(target instanceof HTMLMediaElement) || !navigator.userActivation.isActive) return;
    // What begins by itself has not been started, whatever was clicked a moment before.
    if (!target.autoplay || paused.has(target)) started.add(target);
  });
  on("pause", ({ target }) => target && paused.add(target));
  signal.addEventListener("abort", () => held.clear());
});

/** Whether something in the element is pressed or dragged, or the element itself. */
export function isHeld(element: Element): boolean {
  return [...held.values()].some((node) => unshadowed(element).contains(node));
}

/**
 * Whether something in the target is, or opens, what the user has opened. With a button elsewhere the target itself may
 * have been opened: it stays open when only its content is replaced.
 */
export function isOpened(element: Element, target: Element, isWhole: boolean): boolean {
  const opener = opened.get(element);
  if (!opener || !isOpen(opener)) return false;
  return isWhole || element !== target || unshadowed(target).contains(opener);
}

function isOpen(opener: Element): boolean {
  if (!matches(opener, "summary")) return matches(opener, "[aria-expanded=true]");
  return opener.parentElement instanceof HTMLDetailsElement && opener.parentElement.open;
}

/** Whether it is a recording that plays, and not by itself and silently, as decoration does. */
export function isPlaying(node: Node): boolean {
  if (!(node instanceof HTMLMediaElement) || node.paused || node.ended) return false;
  return (!node.muted && node.volume > 0) || started.has(node) || node === dom.pictureInPictureElement;
}
