/** Times that tick: "just now" becomes "5 minutes ago" while one looks. */
import { timeAgo } from "../views/format.ts";

const INTERVAL_MS = 15_000;

export function tickTimes(): void {
  setInterval(tick, INTERVAL_MS);
  // It does not tick, or seldom, while nobody looks.
  document.addEventListener("visibilitychange", tick);
}

function tick(): void {
  if (document.visibilityState === "hidden") return;
  for (const element of document.querySelectorAll("time")) {
    const words = timeAgo(Date.parse(element.dateTime));
    if (element.textContent !== words) element.textContent = words;
  }
}
