/**
 * The pattern of the upload form: each file that is chosen or dropped gets a row, and is sent when it is its turn. What
 * follows, from the first page to the last, is pushed into the row that the server has answered with.
 */
import { scan } from "../pattern.ts";
import { type Dropped, onDrop } from "./drop.ts";
import { CANCELLED, FOLDER, FOLDERS, LINK, type Outcome, tooLarge } from "./outcome.ts";
import { Row } from "./row.ts";
import { type Sending, send } from "./send.ts";

const SENT_AT_ONCE = 2;
/** Below the server's own limit, so that a hundred files are not refused but wait. */
const MAX_CONVERTING = 12;

interface Upload {
  readonly file: File;
  readonly isPrivate: boolean;
  readonly row: Row;
}

/** What came of the files since all were quiet the last time. */
const NOTHING = { stored: 0, refused: 0, last: "" };

export class Uploads {
  readonly #form: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #list: Element;
  readonly #message: Element;
  readonly #queue: Upload[] = [];
  readonly #sending = new Map<Upload, Sending>();
  /** Sent when the network is back. */
  readonly #offline = new Set<Upload>();
  #result = NOTHING;

  /** @throws when the page is not as it should be. */
  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#input = one(form, "input[type=file]", HTMLInputElement);
    this.#list = one(document, "#uploads", Element);
    this.#message = one(document, "#upload-message", Element);
    this.#input.multiple = true;
    // Before pat-inject, which would send the form as it is.
    const submitted = (event: Event) => {
      if (event.target !== form) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#add([...(this.#input.files ?? [])]);
    };
    document.addEventListener("submit", submitted, { capture: true });
    onDrop((dropped) => this.#drop(dropped));
    // One of those that are converted may have been the last.
    this.#list.addEventListener("pat-inject-async-injected", () => this.#next());
    window.addEventListener("online", () => {
      for (const upload of this.#offline) this.#again(upload);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#sending.size + this.#queue.length > 0) event.preventDefault();
    });
  }

  #drop({ files, folders, isLink }: Dropped): void {
    if (isLink) this.#say(LINK);
    for (const name of folders) this.#list.prepend(this.#refusedRow(new Row(name, undefined), FOLDER));
    if (files.length > 0) this.#add(files);
    else if (folders.length > 0) this.#say(FOLDERS);
  }

  #add(files: readonly File[]): void {
    const isPrivate = one(this.#form, "[name=private]", HTMLInputElement).checked;
    this.#form.reset();
    this.#message.replaceChildren();
    const maxBytes = Number(this.#form.dataset["maxBytes"]);
    const rows = files.map((file) => {
      const upload = { file, isPrivate, row: new Row(file.name, file.size) };
      if (file.size > maxBytes) this.#refuse(upload, tooLarge(maxBytes));
      else this.#queue.push(upload);
      return upload.row.element;
    });
    this.#list.prepend(...rows);
    this.#next();
  }

  /** Begins what may begin, and tells the others their place. */
  #next(): void {
    while (this.#sending.size < SENT_AT_ONCE && this.#converting() + this.#sending.size < MAX_CONVERTING) {
      const upload = this.#queue.shift();
      if (!upload) break;
      void this.#send(upload);
    }
    for (const [before, upload] of this.#queue.entries()) {
      upload.row.queued(before);
      upload.row.offer({ Cancel: () => this.#cancel(upload) });
    }
    if (this.#sending.size === 0 && this.#queue.length === 0) this.#summarize();
  }

  #converting(): number {
    return this.#list.querySelectorAll("[aria-busy=true]").length;
  }

  async #send(upload: Upload): Promise<void> {
    const { file, isPrivate, row } = upload;
    const form = new FormData();
    form.set("_authenticator", one(this.#form, "[name=_authenticator]", HTMLInputElement).value);
    if (isPrivate) form.set("private", "on");
    if (document.body.getAttribute("data-inject-async-state") === "open") form.set("live", "on");
    form.set("file", file);
    row.sending(0, file.size);
    row.offer({ Cancel: () => this.#cancel(upload) });
    const sending = send(this.#form.action, form, file, (bytes) => row.sending(bytes, file.size));
    this.#sending.set(upload, sending);
    const outcome = (await sending.outcome) ?? CANCELLED;
    this.#sending.delete(upload);
    if (outcome.name === "stored") this.#stored(upload, outcome);
    else this.#refuse(upload, outcome);
    this.#next();
  }

  #stored({ row: own, file }: Upload, { row, others }: Extract<Outcome, { name: "stored" }>): void {
    const last = `${file.name} is in the workspace.`;
    this.#result = { ...this.#result, stored: this.#result.stored + 1, last };
    const hadFocus = own.element.contains(document.activeElement);
    own.element.replaceWith(row);
    if (hadFocus) row.querySelector("a")?.focus();
    scan(row);
    for (const other of others) {
      const list = document.querySelector(other.matches(".document") ? "#documents-newest" : "#activity-newest");
      if (!list || document.getElementById(other.id)) continue;
      list.prepend(other);
      scan(other);
    }
  }

  #refuse(upload: Upload, outcome: Outcome): void {
    const why = outcome.name === "refused" ? outcome.words : "You have been signed out.";
    this.#result = { ...this.#result, refused: this.#result.refused + 1, last: `${upload.file.name}: ${why}` };
    this.#refusedRow(upload.row, outcome, () => this.#again(upload));
    if (outcome.name === "refused" && outcome.online) this.#offline.add(upload);
  }

  #refusedRow(row: Row, outcome: Outcome, again?: () => void): Element {
    const mayHelp = outcome.name === "signed-out" || (outcome.name === "refused" && outcome.again);
    if (outcome.name === "signed-out") row.signedOut();
    else if (outcome.name === "refused") row.refused(outcome.words);
    row.offer({
      ...(mayHelp && again ? { "Try again": again } : {}),
      Dismiss: () => {
        const next = row.element.nextElementSibling ?? this.#input;
        row.element.remove();
        (next.querySelector<HTMLElement>("a, button") ?? this.#input).focus();
      },
    });
    return row.element;
  }

  #again(upload: Upload): void {
    this.#offline.delete(upload);
    upload.row.element.classList.remove("is-refused");
    this.#queue.push(upload);
    this.#next();
  }

  #cancel(upload: Upload): void {
    const place = this.#queue.indexOf(upload);
    if (place < 0) {
      this.#sending.get(upload)?.cancel();
      return;
    }
    this.#queue.splice(place, 1);
    this.#refuse(upload, CANCELLED);
    this.#next();
  }

  /** For those who do not see the rows, and in one sentence. */
  #summarize(): void {
    const { stored, refused: not, last } = this.#result;
    this.#result = NOTHING;
    const all = stored + not;
    // The row of a single file says all there is to see.
    if (all === 1) this.#say(last, "visually-hidden");
    else if (not > 0) this.#say(`${not} of ${all} files were not shared.`);
    else if (stored > 1) this.#say(`All ${stored} files are in the workspace.`);
  }

  #say(words: string, className = "muted"): void {
    const paragraph = document.createElement("p");
    paragraph.className = className;
    paragraph.textContent = words;
    this.#message.replaceChildren(paragraph);
  }
}

function one<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`expected ${selector} on the page, found none`);
  return found;
}
