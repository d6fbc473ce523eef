/**
 * The messages of a document's life, published to all who may see it, by the topics of the workspace and of the document's own
 * page, or to its owner alone. A message only contains a snippet's URL: what the user may see is decided when their browser fetches it.
 */
import type { Bus } from "../../bus/bus.ts";
import { fullName, type User, users } from "../accounts/users.ts";
import { maySee, type StoredDocument } from "../content/document.ts";
import { removedNotice } from "../views/document.ts";
import { statusWords, toldSnippet } from "../views/preview.ts";
import type { Author } from "../web/author.ts";
import { audienceOf, readersOf } from "../web/topics.ts";

/** The user's notifications have changed: count and list are replaced, and a menu that is open around them stays open. */
const NOTIFICATIONS = {
  type: "inject",
  url: "/@@notifications",
  inject:
    "source: #notifications-count::element; target: #notifications-count::element" +
    " && source: #notifications; target: #notifications",
} as const;

/** For the page that shows how it works. */
const TRAIL_CHANGED = { type: "push", marker: "trail" } as const;

/** For lists that are searched or sorted: they fetch themselves again. */
const LISTS_CHANGED = { type: "push", marker: "documents" } as const;

export class Publisher {
  readonly #bus: Bus;
  readonly #isSpared: (user: User) => Promise<boolean>;

  /** @param isSpared whether the user does not want to hear of what others share. */
  constructor(bus: Bus, isSpared: (user: User) => Promise<boolean> = async () => true) {
    this.#bus = bus;
    this.#isSpared = isSpared;
  }

  /**
   * A new document appears in every listing and activity stream, and in the notifications of everyone but its owner.
   *
   * @param by the page on which it was uploaded.
   */
  async uploaded(document: StoredDocument, by: Author = {}): Promise<void> {
    const { uid } = document;
    // One row instead of the lists with all that is in them. A page that was rendered or reloaded meanwhile may have it
    // already: then it takes its own place.
    await this.#bus.publish(audienceOf(document), {
      type: "inject",
      url: `/workspace/${uid}/@@row`,
      inject:
        `source: #document-${uid}::element; target: #documents-newest::before` +
        ` && source: #activity-${uid}::element; target: #activity-newest::before`,
      once: true,
      trace: `${uid}:row`,
      ...by,
    });
    await this.#bus.publish(audienceOf(document), LISTS_CHANGED);
    const others = users.filter((user) => user.id !== document.owner && maySee(user, document));
    const announce = `${fullName(document.owner)} shared ${document.title}.`;
    for (const user of others) {
      const isSpared = await this.#isSpared(user);
      await this.#bus.publish(user.id, isSpared ? NOTIFICATIONS : { ...NOTIFICATIONS, announce });
    }
  }

  async renamed(document: StoredDocument, by: Author = {}): Promise<void> {
    const { uid } = document;
    const all = audienceOf(document);
    await this.#bus.publish(all, { type: "inject", url: `/workspace/${uid}/@@row`, inject: rows(uid, true), ...by });
    await this.#bus.publish(readersOf(document), {
      type: "inject",
      url: `/workspace/${uid}/@@title`,
      inject: `target: #title-${uid}::element`,
      ...by,
    });
    await this.#shown(document, by);
  }

  /** Nothing is left to be fetched: the message says all there is to say. */
  async removed(document: StoredDocument, by: Author = {}): Promise<void> {
    const { uid } = document;
    const all = audienceOf(document);
    const html = removedNotice(uid);
    await this.#bus.publish(all, { type: "inject", html, inject: rows(uid, false), ...by });
    await this.#bus.publish(readersOf(document), {
      type: "inject",
      html,
      inject: `target: #document-page-${uid}`,
      ...by,
    });
    await this.#bus.publish(document.owner, {
      type: "inject",
      html,
      inject: `source: none; target: #upload-${uid}::element`,
      ...by,
    });
    await this.#shown(document, by);
  }

  /** Lists in which a document's place is not known, and the notifications. */
  async #shown(document: StoredDocument, by: Author): Promise<void> {
    await this.#bus.publish(audienceOf(document), LISTS_CHANGED);
    const others = users.filter((user) => user.id !== document.owner && maySee(user, document));
    for (const { id } of others) await this.#bus.publish(id, { ...NOTIFICATIONS, ...by });
  }

  /** More of the preview is there, or it is another's turn. */
  async progressed(document: StoredDocument): Promise<void> {
    await this.#changed(document);
  }

  /** For the document's own page alone. */
  async enlarged(document: StoredDocument): Promise<void> {
    const { uid } = document;
    await this.#bus.publish(readersOf(document), {
      type: "inject",
      url: `/workspace/${uid}/@@pages-snippet`,
      inject: `${replace(uid, "pages")} && source: #sheet-${uid}-1::element; target: #sheet-${uid}-1::element`,
      trace: `${uid}:pages`,
    });
  }

  /** The conversion has ended. The owner waits for that, and may not see it: for all others an announcement would be noise. */
  async ended(document: StoredDocument): Promise<void> {
    await this.#changed(document, announcement(document));
    await this.passed(document);
  }

  /** There is more to its trail. */
  async passed({ owner }: StoredDocument): Promise<void> {
    await this.#bus.publish(owner, TRAIL_CHANGED);
  }

  /** The user has read the notifications in one window: the other windows show it too. */
  async notificationsRead(user: User, by: Author = {}): Promise<void> {
    await this.#bus.publish(user.id, { ...NOTIFICATIONS, ...by });
  }

  async #changed(document: StoredDocument, announce?: string): Promise<void> {
    const { uid, owner } = document;
    const url = `/workspace/${uid}/@@preview-snippet`;
    const all = audienceOf(document);
    // The status is in the row of the upload, on the page of whoever has uploaded it.
    const inject = replace(uid, "listing", "stream", "status");
    await this.#bus.publish(all, { type: "inject", url, inject, trace: `${uid}:preview` });
    await this.enlarged(document);
    if (announce === undefined) return;
    // What changes has been told to all; this is for the ears alone, wherever the owner's row is.
    await this.#bus.publish(owner, {
      type: "inject",
      html: toldSnippet(document),
      inject: replace(uid, "told"),
      announce,
      trace: `${uid}:end`,
    });
  }
}

function announcement({ title, state }: StoredDocument): string {
  return state.name === "ready" ? `The preview of ${title} is ready.` : `${title}: ${statusWords(state)}`;
}

/** A document's row in both lists: replaced, or taken away. */
function rows(uid: string, isThere: boolean): string {
  return [`#document-${uid}::element`, `#activity-${uid}::element`]
    .map((row) => `source: ${isThere ? row : "none"}; target: ${row}`)
    .join(" && ");
}

function replace(uid: string, ...places: readonly string[]): string {
  return places
    .map((place) => `#preview-${uid}-${place}::element`)
    .map((selector) => `source: ${selector}; target: ${selector}`)
    .join(" && ");
}
