/**
 * Tells those who cannot see the page what has changed, by one polite live region for each endpoint. Only what was asked
 * to be told, and not more often than one can listen: what comes together is told as one summary.
 */
import { dom } from "../ground/dom.ts";
import { targetOptions } from "../ground/options.ts";
import { Timer } from "../ground/timer.ts";
import { wordsFor } from "./words.ts";

/** Time in which announcements are gathered, in milliseconds; also what lies between two of them, at least. */
const GATHER_MS = 1_000;

const HIDDEN = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";

export class Announcer {
  #region: HTMLElement | undefined;
  readonly #texts = new Set<string>();
  readonly #timer = new Timer(() => this.#speak());

  /** @param text is said as it is when nothing else is to be said at that time. */
  say(text: string): void {
    this.#texts.add(text);
    // A region is heard only when it was there before its text. The page may have thrown it away.
    if (!this.#region?.isConnected) this.#region = createRegion();
    this.#timer.start(GATHER_MS);
  }

  stop(): void {
    this.#timer.stop();
    this.#texts.clear();
    this.#region?.remove();
    this.#region = undefined;
  }

  #speak(): void {
    const [first = "", ...others] = this.#texts;
    const { summary } = wordsFor(dom.body, targetOptions(dom.body).words);
    if (this.#region) {
      this.#region.textContent = others.length === 0 ? first : summary.replace("%n", String(this.#texts.size));
    }
    this.#texts.clear();
  }
}

function createRegion(): HTMLElement {
  const region = dom.createElement("div");
  region.className = "pat-inject-async-announcer";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  region.style.cssText = HIDDEN;
  dom.body.append(region);
  return region;
}
