/** The row of a file that is on its way: its name, how far it is, and what the user can do about it. */
import { fileSize } from "../../views/format.ts";

/** By the words on their buttons. */
type Actions = Readonly<Record<string, () => void>>;

export class Row {
  readonly element = document.createElement("li");
  readonly #state = document.createElement("div");
  readonly #actions = document.createElement("div");
  readonly #name: string;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  #offered: Actions = {};
  #progress: HTMLProgressElement | undefined;

  constructor(name: string, size: number | undefined) {
    this.#name = name;
    this.element.className = "upload-row";
    const heading = paragraph("upload-name", name);
    if (size !== undefined) heading.append(span("muted", ` ${fileSize(size)}`));
    this.#state.className = "upload-state";
    this.#actions.className = "upload-actions";
    this.element.append(heading, this.#state, this.#actions);
  }

  /** @param before how many files are sent first. */
  queued(before: number): void {
    this.#progress = undefined;
    this.#say(before === 0 ? "Next to be sent" : `Queued: ${before} before it`);
  }

  sending(bytes: number, size: number): void {
    const words = bytes < size ? `Sending: ${fileSize(bytes)} of ${fileSize(size)}` : "Sent, waiting for the answer";
    if (!this.#progress) {
      const label = document.createElement("label");
      this.#progress = document.createElement("progress");
      label.append(span("", words), this.#progress);
      this.#state.replaceChildren(label);
    }
    const text = this.#progress.previousElementSibling;
    if (text) text.textContent = words;
    this.#progress.max = Math.max(size, 1);
    this.#progress.value = size === 0 ? 1 : bytes;
  }

  refused(words: string): void {
    this.#progress = undefined;
    this.element.classList.add("is-refused");
    this.#say(words);
  }

  signedOut(): void {
    this.refused("You have been signed out, so it was not sent. ");
    const link = document.createElement("a");
    link.href = `/login?came_from=${encodeURIComponent(location.pathname + location.search)}`;
    link.target = "_blank";
    link.textContent = "Sign in in a new tab";
    this.#state.append(link, ", then try again here.");
  }

  /**
   * What the user can do now; the focus stays in the row. A button that is offered still is the same one: what comes between
   * pressing the mouse on it and letting it go must not make the click one on nothing.
   */
  offer(actions: Actions): void {
    this.#offered = actions;
    const hadFocus = this.#actions.contains(document.activeElement);
    for (const [words, button] of this.#buttons) {
      if (words in actions) continue;
      button.remove();
      this.#buttons.delete(words);
    }
    for (const words of Object.keys(actions)) {
      const button = this.#buttons.get(words) ?? this.#button(words);
      if (!this.#actions.contains(button)) this.#actions.append(button);
    }
    if (hadFocus && !this.#actions.contains(document.activeElement)) this.focus();
  }

  /** The first of what is offered. */
  focus(): void {
    this.#actions.querySelector("button")?.focus();
  }

  #button(words: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button is-small";
    button.textContent = words;
    button.setAttribute("aria-label", `${words}: ${this.#name}`);
    button.addEventListener("click", () => this.#offered[words]?.());
    this.#buttons.set(words, button);
    return button;
  }

  #say(words: string): void {
    this.#state.replaceChildren(span("", words));
  }
}

function paragraph(className: string, text: string): HTMLParagraphElement {
  const element = document.createElement("p");
  element.className = className;
  element.append(span("", text));
  return element;
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
