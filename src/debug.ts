/**
 * What a developer sees when the page's address has `?pat-inject-async-debug`: a list of what the library does, and how
 * often it did it. A script of its own: it knows the library's public events and, for what came before it, the state that
 * elements show.
 */
import type { EventName } from "./ground/events.ts";

const PREFIX = "pat-inject-async-";
const EVENTS: readonly EventName[] = [
  "state",
  "message",
  "fetch",
  "before-inject",
  "injected",
  "rejected",
  "error",
  "missed",
  "gap",
  "unauthorized",
];
const MAX_LINES = 200;

const STYLE = `
  :host { position: fixed; z-index: 2147483647; right: 0; bottom: 0; width: min(34rem, 100vw); color: #eee;
    background: #111c; font: 12px/1.4 ui-monospace, monospace; }
  summary { padding: 4px 8px; cursor: pointer; }
  ol { max-height: 40vh; margin: 0; padding: 0 8px 4px; overflow: auto; list-style: none; }
  li { overflow-wrap: anywhere; }
  .error, .rejected, .missed, .gap, .unauthorized { color: #ffb0a8; }
`;

function start(): void {
  const host = document.createElement("aside");
  host.id = "pat-inject-async-debug";
  const list = document.createElement("ol");
  const summary = document.createElement("summary");
  const counts = new Map<string, number>();
  /** The state of each endpoint, by its URL. */
  const states = new Map<string, string>();

  const note = (what: EventName, detail: object) => {
    if ("state" in detail && "url" in detail) states.set(show(detail.url), show(detail.state));
    // It goes with the library, and returns with it.
    const isIdle = states.size > 0 && [...states.values()].every((state) => state === "idle");
    if (isIdle) host.remove();
    else if (!host.isConnected) document.body.append(host);
    counts.set(what, (counts.get(what) ?? 0) + 1);
    summary.textContent = [...states.values(), ...[...counts].map(([name, count]) => `${name} ${count}`)].join(" · ");
    const line = document.createElement("li");
    line.className = what;
    line.textContent = `${Math.round(performance.now())} ${what} ${details(detail)}`;
    list.prepend(line);
    if (list.childElementCount > MAX_LINES) list.lastElementChild?.remove();
  };
  for (const what of EVENTS) {
    document.addEventListener(PREFIX + what, (event) => {
      if (event instanceof CustomEvent && event.detail instanceof Object) note(what, event.detail);
    });
  }

  const frame = document.createElement("details");
  frame.open = true;
  frame.append(summary, list);
  // Out of reach of the page's own styles and scripts, and within a policy that allows no inline styles.
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];
  root.append(frame);
  document.body.append(host);
  // What was said before this script came.
  for (const element of document.querySelectorAll("[data-inject-async-state]")) {
    const url = element["pattern-inject-async"]?.options?.url ?? "";
    if (!states.has(url)) note("state", { state: element.getAttribute("data-inject-async-state"), url });
  }
}

function details(about: object): string {
  // Without getters: what is made only when somebody looks at it is not looked at here.
  return Object.entries(Object.getOwnPropertyDescriptors(about))
    .flatMap(([name, { value }]) => (value === undefined ? [] : `${name}=${show(value)}`))
    .join(" ");
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

if (document.body) start();
else document.addEventListener("DOMContentLoaded", start, { once: true });
