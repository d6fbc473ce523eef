/**
 * What a page has started and not stopped: timers, listeners on window and document, observers, sockets, requests.
 *
 * Counts whoever started them, the host included: a test compares two moments. Knows nothing of the library.
 */
import type { Page } from "@playwright/test";

/** How many of each are open, by name, e.g. `timer`, `MutationObserver`, `document visibilitychange`; none at zero. */
export type Ledger = Readonly<Record<string, number>>;

/** Counts from now on. Before the page is loaded. */
export async function keepLedger(page: Page): Promise<void> {
  await page.addInitScript(countInPage);
}

export function ledger(page: Page): Promise<Ledger> {
  return page.evaluate((): Ledger => Reflect.get(window, "readLedger")());
}

// Runs in the page before any of its scripts, and so must not use anything from outside itself.
function countInPage(): void {
  const open = new Map<unknown, string>();

  const { setTimeout, setInterval } = window;
  function countedTimeout(handler: TimerHandler, delay?: number, ...rest: unknown[]): number {
    const id = setTimeout(() => {
      open.delete(`timer ${id}`);
      if (typeof handler === "function") handler(...rest);
    }, delay);
    open.set(`timer ${id}`, "timer");
    return id;
  }
  function countedInterval(handler: TimerHandler, delay?: number, ...rest: unknown[]): number {
    const id = setInterval(handler, delay, ...rest);
    open.set(`timer ${id}`, "interval");
    return id;
  }
  Object.assign(window, { setTimeout: countedTimeout, setInterval: countedInterval });
  for (const name of ["clearTimeout", "clearInterval"] as const) {
    const clear = window[name];
    Object.assign(window, {
      [name](id?: number) {
        open.delete(`timer ${id}`);
        clear(id);
      },
    });
  }

  // A listener is the same when target, type, function and phase are: adding it again adds nothing.
  const keys = new WeakMap<object, number>();
  let nextKey = 0;
  function keyOf(target: EventTarget, type: string, listener: object, options: unknown): string {
    const key = keys.get(listener) ?? ++nextKey;
    keys.set(listener, key);
    const capture =
      options === true || (typeof options === "object" && options !== null && Reflect.get(options, "capture"));
    return `${target === window ? "window" : "document"} ${type} ${key} ${Boolean(capture)}`;
  }
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  Object.assign(EventTarget.prototype, {
    addEventListener(this: EventTarget | undefined, type: string, listener: unknown, options?: unknown) {
      const target = this ?? window;
      Reflect.apply(addEventListener, target, [type, listener, options]);
      const isCounted = target === window || target === document;
      if (!isCounted || listener === null || !(typeof listener === "function" || typeof listener === "object")) return;
      const key = keyOf(target, type, listener, options);
      open.set(key, `${target === window ? "window" : "document"} ${type}`);
      const signal: unknown =
        typeof options === "object" && options !== null ? Reflect.get(options, "signal") : undefined;
      const forget = () => open.delete(key);
      if (signal instanceof AbortSignal) Reflect.apply(addEventListener, signal, ["abort", forget]);
      if (typeof options === "object" && options !== null && Reflect.get(options, "once")) {
        Reflect.apply(addEventListener, target, [type, forget, options]);
      }
    },
    removeEventListener(this: EventTarget | undefined, type: string, listener: unknown, options?: unknown) {
      const target = this ?? window;
      Reflect.apply(removeEventListener, target, [type, listener, options]);
      const isCounted = target === window || target === document;
      if (!isCounted || listener === null || !(typeof listener === "function" || typeof listener === "object")) return;
      open.delete(keyOf(target, type, listener, options));
    },
  });

  for (const name of ["MutationObserver", "IntersectionObserver", "ResizeObserver"] as const) {
    const { prototype } = window[name];
    const { observe, disconnect } = prototype;
    Object.assign(prototype, {
      observe(this: object, ...rest: unknown[]) {
        open.set(this, name);
        Reflect.apply(observe, this, rest);
      },
      disconnect(this: object) {
        open.delete(this);
        Reflect.apply(disconnect, this, []);
      },
    });
  }

  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      open.set(this, "WebSocket");
      this.addEventListener("close", () => open.delete(this));
    }
  };
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (...rest): void {
    open.set(this, "XMLHttpRequest");
    this.addEventListener("loadend", () => open.delete(this));
    Reflect.apply(send, this, rest);
  };
  const { fetch } = window;
  window.fetch = async (...rest) => {
    const request = {};
    open.set(request, "fetch");
    try {
      return await fetch(...rest);
    } finally {
      open.delete(request);
    }
  };

  Reflect.set(window, "readLedger", () => {
    const counts: Record<string, number> = {};
    for (const name of open.values()) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  });
}
