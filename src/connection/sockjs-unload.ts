/** Half of sockjs.ts: from the moment this module is evaluated, `unload` listeners on the window are ignored. */

const own = Object.getOwnPropertyDescriptor(window, "addEventListener");
const original = window.addEventListener;

window.addEventListener = function (this: Window, type: string, ...rest: unknown[]): void {
  if (type !== "unload") Reflect.apply(original, this, [type, ...rest]);
};

/** Put the window's own `addEventListener` back. */
export function restoreAddEventListener(): void {
  if (own) Object.defineProperty(window, "addEventListener", own);
  // It is inherited, as a rule.
  else Reflect.deleteProperty(window, "addEventListener");
}
