/**
 * The state of the connection, in words that are true: the library says what it knows of it, and the browser whether there is
 * a network at all. Who does not see them hears of it when it lasts.
 */

const WORDS = {
  idle: "",
  connecting: "Connecting…",
  open: "Live",
  waiting: "Reconnecting…",
  offline: "Offline",
  "catching-up": "Catching up…",
  stopped: "Signed out",
} as const;
type State = keyof typeof WORDS;

/** Shorter ones are nothing to talk about, in milliseconds. */
const SPOKEN_AFTER_MS = 5_000;
/** After a gap, until what was missed is asked for. */
const MENDING_BEGINS_MS = 4_000;

const LOST = "The connection is lost: what others do is not shown for now. ";
const BACK = "Connected again, and up to date.";

export class Connection {
  readonly #shown: HTMLElement;
  readonly #spoken: Element;
  /** What the library says. */
  #library: State = "connecting";
  /** What is fetched after a gap, and is not there yet; undefined when there is no gap. */
  #mending: Set<string> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasSpoken = false;

  /** @param spoken a live region. */
  constructor(shown: HTMLElement, spoken: Element) {
    this.#shown = shown;
    this.#spoken = spoken;
    const { body } = document;
    this.#library = stateOf(body.getAttribute("data-inject-async-state"));
    body.addEventListener("pat-inject-async-state", ({ detail }) => {
      this.#library = stateOf(detail.state);
      this.#show();
    });
    for (const network of ["online", "offline"]) window.addEventListener(network, () => this.#show());
    body.addEventListener("pat-inject-async-gap", () => this.#gap());
    body.addEventListener("pat-inject-async-message", ({ detail: { message, isHealing } }) => {
      if (isHealing && "url" in message && message.url !== undefined) this.#mending?.add(absolute(message.url));
    });
    for (const end of ["pat-inject-async-injected", "pat-inject-async-error"] as const) {
      body.addEventListener(end, ({ detail: { url } }) => this.#mended(url));
    }
    shown.hidden = false;
    this.#show();
  }

  get #state(): State {
    if (!navigator.onLine && this.#library !== "stopped") return "offline";
    return this.#library === "open" && this.#mending ? "catching-up" : this.#library;
  }

  #gap(): void {
    const mending = new Set<string>();
    this.#mending = mending;
    setTimeout(() => {
      if (mending.size === 0) this.#end(mending);
    }, MENDING_BEGINS_MS);
    this.#show();
  }

  #mended(url: string | undefined): void {
    const mending = this.#mending;
    if (mending && url !== undefined && mending.delete(absolute(url)) && mending.size === 0) this.#end(mending);
  }

  /** Unless there has been another gap meanwhile. */
  #end(mending: Set<string>): void {
    if (this.#mending !== mending) return;
    this.#mending = undefined;
    this.#show();
  }

  #show(): void {
    const state = this.#state;
    if (this.#shown.dataset["connection"] === state) return;
    this.#shown.dataset["connection"] = state;
    if (this.#shown.lastElementChild) this.#shown.lastElementChild.textContent = WORDS[state];
    clearTimeout(this.#timer);
    if (state === "stopped") this.#say(signIn());
    else if (state === "open") this.#back();
    else this.#timer = setTimeout(() => this.#say(LOST), SPOKEN_AFTER_MS);
  }

  #say(...content: readonly (string | Node)[]): void {
    this.#hasSpoken = true;
    this.#spoken.classList.remove("visually-hidden");
    this.#spoken.replaceChildren(...content);
  }

  #back(): void {
    if (!this.#hasSpoken) return;
    this.#hasSpoken = false;
    // There is nothing to be done about it: for the ears alone.
    this.#spoken.classList.add("visually-hidden");
    this.#spoken.replaceChildren(BACK);
  }
}

/** In another tab: what has been typed or chosen in this one stays. It is looked at again when the user comes back to it. */
function signIn(): Node {
  const link = document.createElement("a");
  link.href = `/login?came_from=${encodeURIComponent(location.pathname + location.search)}`;
  link.target = "_blank";
  link.textContent = "Sign in in a new tab";
  const words = document.createElement("p");
  words.append(
    "You have been signed out, so this page no longer updates itself. What you have typed or chosen is still here. ",
    link,
    ", then come back to this one.",
  );
  return words;
}

function stateOf(text: string | null): State {
  return text === "open" || text === "waiting" || text === "stopped" || text === "idle" ? text : "connecting";
}

function absolute(url: string): string {
  return new URL(url, document.baseURI).href;
}
