/**
 * What a developer sees when the page's address has `?pat-inject-async-debug`: a list of what the library does, and how
 * often it did it. Only listens.
 */
import { setMonitor } from "./events.ts";

const PARAMETER = "pat-inject-async-debug";
/** Lines kept. */
const MOST = 200;

const STYLE = `
  :host { position: fixed; z-index: 2147483647; right: 0; bottom: 0; width: min(34rem, 100vw); color: #eee;
    background: #111c; font: 12px/1.4 ui-monospace, monospace; }
  summary { padding: 4px 8px; cursor: pointer; }
  ol { max-height: 40vh; margin: 0; padding: 0 8px 4px; overflow: auto; list-style: none; }
  li { overflow-wrap: anywhere; }
  .error, .rejected, .missed, .gap, .unauthorized { color: #ffb0a8; }
`;

/** Show the overlay when the address asks for it. Returns its removal. */
export function startDebug(): () => void {
  if (!new URLSearchParams(location.search).has(PARAMETER)) return () => {};
  const host = document.createElement("aside");
  host.id = PARAMETER;
  const list = document.createElement("ol");
  const summary = document.createElement("summary");
  const counts = new Map<string, number>();
  let state = "";

  const stop = setMonitor((what, about) => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    if (what === "state") state = show("state" in about ? about.state : "");
    summary.textContent = [state, ...[...counts].map(([name, count]) => `${name} ${count}`)].join(" · ");
    const line = document.createElement("li");
    line.className = what;
    line.textContent = `${Math.round(performance.now())} ${what} ${details(about)}`;
    list.prepend(line);
    if (list.childElementCount > MOST) list.lastElementChild?.remove();
  });

  const frame = document.createElement("details");
  frame.open = true;
  frame.append(summary, list);
  const style = document.createElement("style");
  style.textContent = STYLE;
  // Out of reach of the page's own styles and scripts.
  host.attachShadow({ mode: "open" }).append(style, frame);
  document.body.append(host);
  return () => {
    stop();
    host.remove();
  };
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
