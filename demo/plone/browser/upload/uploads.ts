/**
 * The pattern of the upload form: each file that is chosen or dropped gets a row, and is sent when it is its turn. What
 * follows, from the first page to the last, is pushed into the row that the server has answered with.
 */
import { scan } from "../pattern.ts";
import { chooseFile } from "./choose.ts";
import { type Dropped, onDrop } from "./drop.ts";
import { Message } from "./message.ts";
import {
  CANCELLED,
  FOLDER,
  FOLDERS,
  LINK,
  type Refused,
  refused,
  type SignedOut,
  type Stored,
  tooLarge,
} from "./outcome.ts";
import { tellPlaces } from "./places.ts";
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

export class Uploads {
  readonly #form: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #list: Element;
  readonly #message: Message;
  readonly #queue: Upload[] = [];
  readonly #sending = new Map<Upload, Sending>();
  /** Sent when the network is back. */
  readonly #offline = new Set<Upload>();

  /** @throws when the page is not as it should be. */
  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#input = one(form, "input[type=file]", HTMLInputElement);
    this.#list = one(document, "#uploads", Element);
    this.#message = new Message(one(document, "#upload-message", Element));
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
      if (this.#toCome() > 0) event.preventDefault();
    });
  }

  #drop({ files, folders, isLink }: Dropped): void {
    if (isLink) this.#message.say(LINK);
    for (const name of folders) this.#refuseFolder(name);
    if (files.length > 0) this.#add(files);
    else if (folders.length > 0) this.#message.say(FOLDERS);
  }

  #add(files: readonly File[]): void {
    const isPrivate = one(this.#form, "[name=private]", HTMLInputElement).checked;
    this.#form.reset();
    this.#message.clear();
    this.#list.prepend(...files.map((file) => this.#enter(file, isPrivate).element));
    this.#next();
  }

  /** @returns its row. */
  #enter(file: File, isPrivate: boolean): Row {
    const upload = { file, isPrivate, row: new Row(file.name, file.size) };
    const maxBytes = Number(this.#form.dataset["maxBytes"]);
    if (file.size > maxBytes) this.#refuse(upload, tooLarge(maxBytes));
    else this.#queue.push(upload);
    return upload.row;
  }

  /** Begins what may begin, and tells the others, and those that wait for their previews, their place. */
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
    tellPlaces(this.#list);
    this.#message.tell(this.#toCome());
  }

  #toCome(): number {
    return this.#sending.size + this.#queue.length;
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

  #stored({ row: own, file }: Upload, { row, others }: Stored): void {
    this.#message.tally.stored(file.name);
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

  #refuse(upload: Upload, outcome: Refused | SignedOut): void {
    const { file, row } = upload;
    const isSignedOut = outcome.name === "signed-out";
    const { words, help } = isSignedOut ? refused("You have been signed out.") : outcome;
    this.#message.tally.refused(file.name, words);
    if (isSignedOut) row.signedOut();
    else row.refused(words);
    if (help === "network") this.#offline.add(upload);
    row.offer({
      ...(help === "again" || help === "network" ? { "Try again": () => this.#again(upload) } : {}),
      ...(help === "choose" ? { "Choose again": () => this.#choose(upload) } : {}),
      Dismiss: () => {
        this.#offline.delete(upload);
        this.#dismiss(row);
      },
    });
  }

  #refuseFolder(name: string): void {
    const row = new Row(name, undefined);
    row.refused(FOLDER);
    row.offer({ Dismiss: () => this.#dismiss(row) });
    this.#list.prepend(row.element);
  }

  #dismiss({ element }: Row): void {
    const next = element.nextElementSibling ?? this.#input;
    element.remove();
    (next.querySelector<HTMLElement>("a, button") ?? this.#input).focus();
  }

  /** Another file, or the same as it is now, takes the row's place. */
  #choose({ row, isPrivate }: Upload): void {
    chooseFile(this.#input.accept, (file) => {
      if (!row.element.isConnected) return;
      const entered = this.#enter(file, isPrivate);
      row.element.replaceWith(entered.element);
      this.#next();
      entered.focus();
    });
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
}

function one<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`expected ${selector} on the page, found none`);
  return found;
}
