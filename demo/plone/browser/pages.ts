/** The pages of a document: keys, zoom, and which thumbnail is the page that is shown. The links work without it. */

const ZOOMS = [1, 1.5, 2, 3] as const;
/** With these the user has said something else. */
type Modifiers = Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

export class Pages {
  readonly #viewer: HTMLElement;
  #zoom = 0;

  constructor(viewer: HTMLElement) {
    this.#viewer = viewer;
    for (const button of viewer.querySelectorAll<HTMLElement>("[data-zoom]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.#zoomBy(button.dataset["zoom"] === "in" ? 1 : -1));
    }
    document.addEventListener("keydown", (event) => {
      if (viewer.isConnected && !hasModifier(event)) this.#key(event);
    });
    viewer.addEventListener("patterns-injected-delayed", () => this.#markCurrent());
    viewer.addEventListener("pat-inject-async-injected", () => this.#markCurrent());
    this.#markCurrent();
  }

  /** Arrows on the whole page; letters only in the viewer, as they may be anybody's. */
  #key(event: KeyboardEvent): void {
    const { key, target } = event;
    const isInside = target instanceof Node && this.#viewer.contains(target);
    if (!isInside && target !== document.body) return;
    // What is larger than its frame is scrolled with these.
    if (key.startsWith("Arrow") && isInside && this.#zoom > 0) return;
    if (key === "ArrowLeft") this.#follow("prev");
    else if (key === "ArrowRight") this.#follow("next");
    else if (isInside && key === "+") this.#zoomBy(1);
    else if (isInside && key === "-") this.#zoomBy(-1);
    else return;
    event.preventDefault();
  }

  #follow(rel: "prev" | "next"): void {
    this.#viewer.querySelector<HTMLElement>(`a[rel=${rel}]`)?.click();
  }

  #zoomBy(step: number): void {
    this.#zoom = Math.min(Math.max(this.#zoom + step, 0), ZOOMS.length - 1);
    this.#viewer.style.setProperty("--zoom", String(ZOOMS[this.#zoom]));
  }

  #markCurrent(): void {
    const page = this.#viewer.querySelector<HTMLElement>("[data-page]")?.dataset["page"];
    for (const link of this.#viewer.querySelectorAll(".thumbnail")) {
      if (link.getAttribute("data-shows") === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

function hasModifier({ altKey, ctrlKey, metaKey, shiftKey }: Modifiers): boolean {
  return altKey || ctrlKey || metaKey || shiftKey;
}
