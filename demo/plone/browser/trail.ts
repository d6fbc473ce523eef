/**
 * Draws the browser's part of an upload's trail between the server's: when the form was sent, and for each message about the
 * document, which is found by its trace, when it came, when its snippet was there, and when it was in the page.
 */

interface Step {
  /** The document that it is about; undefined for that of the last upload. */
  readonly uid?: string;
  /** In milliseconds since 1970, by this browser's clock. */
  readonly at: number;
  readonly words: string;
  readonly file: string;
}

export class Trail {
  readonly #card: HTMLElement;
  readonly #steps: Step[] = [];

  constructor(card: HTMLElement) {
    this.#card = card;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name.endsWith("/@@upload") && entry instanceof PerformanceResourceTiming) this.#upload(entry);
      }
    }).observe({ type: "resource" });
    document.addEventListener("pat-inject-async-injected", ({ detail: { trace, target, url, timings } }) => {
      const [uid, what] = trace.split(":");
      if (!uid || what === undefined) return;
      const add = (at: number, words: string, file: string) => this.#add({ uid, at: wall(at), words, file });
      add(timings.received, `The message “${what}” has come over the socket`, "src/connection");
      if (url !== undefined) add(timings.fetched, `Its snippet is there, fetched as you: ${path(url)}`, "src/delivery");
      add(timings.injected, `It is in the page: ${target}`, "src/injection");
    });
    card.addEventListener("patterns-injected-delayed", () => this.#draw());
  }

  #upload({ startTime, responseEnd }: PerformanceResourceTiming): void {
    // What went before was another document's.
    this.#steps.length = 0;
    const file = "demo/plone/browser/upload/send.ts";
    this.#add({ at: wall(startTime), words: "Your browser sends the form", file });
    this.#add({ at: wall(responseEnd), words: "The answer is in the page", file });
  }

  /** A message for several targets comes and is fetched once. */
  #add(step: Step): void {
    if (this.#steps.some(({ at, words }) => at === step.at && words === step.words)) return;
    this.#steps.push(step);
    this.#draw();
  }

  #draw(): void {
    const list = this.#card.querySelector<HTMLElement>("ol.trail");
    if (!list) return;
    for (const own of list.querySelectorAll(".is-browser")) own.remove();
    // The server's part of this upload comes a moment later than the first of the browser's.
    const shown = list.dataset["uid"];
    const own = this.#steps.filter(({ uid = lastUpload() }) => uid === shown).map(itemOf);
    const all = [...list.children, ...own].sort((a, b) => atOf(a) - atOf(b));
    const start = atOf(all[0]);
    for (const item of all) {
      const time = item.querySelector(".trail-time");
      if (time) time.textContent = `${Math.round(atOf(item) - start)} ms`;
    }
    list.replaceChildren(...all);
  }
}

/** Its row is the first one. */
function lastUpload(): string | undefined {
  return document.querySelector("#uploads > [id]")?.id.replace("upload-", "");
}

function itemOf({ at, words, file }: Step): Element {
  const item = document.createElement("li");
  item.className = "is-browser";
  item.dataset["at"] = String(at);
  const [time, what, where, code] = ["span", "span", "span", "code"].map((name) => document.createElement(name));
  if (!time || !what || !where || !code) return item;
  time.className = "trail-time";
  where.className = "muted";
  code.textContent = file;
  where.append("your browser · ", code);
  what.append(words, document.createElement("br"), where);
  item.append(time, what);
  return item;
}

function atOf(item: Element | undefined): number {
  return Number(item?.getAttribute("data-at"));
}

function wall(time: number): number {
  return performance.timeOrigin + time;
}

function path(url: string): string {
  return new URL(url, document.baseURI).pathname;
}
