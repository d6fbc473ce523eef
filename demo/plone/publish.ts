/**
 * Who is told what: a document's story as messages on the bus. Every message only names a view; what a user gets to see
 * there is decided when their browser asks for it.
 */
import type { Bus } from "../bus/bus.ts";
import { maySee, type StoredDocument } from "./document.ts";
import { type User, users } from "./users.ts";

/** A user's notifications changed: replace the count and the list, whatever menu is open around them. */
const NOTIFICATIONS = {
  type: "inject",
  url: "/@@notifications",
  inject:
    "source: #notifications-count::element; target: #notifications-count::element" +
    " && source: #notifications; target: #notifications",
} as const;

export class Publisher {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** A new document: it appears in every listing and stream, and in the notifications of everyone but its owner. */
  async uploaded(document: StoredDocument): Promise<void> {
    for (const user of audience(document)) {
      // The whole lists are replaced rather than an entry added: whatever the message races with - the upload's own answer,
      // a reload, another upload - nothing appears twice.
      await this.#bus.publish(user.id, {
        type: "inject",
        url: "/workspace/@@updates",
        inject: "source: #documents; target: #documents && source: #activity-stream; target: #activity-stream",
      });
      if (user.id !== document.owner) await this.#bus.publish(user.id, NOTIFICATIONS);
    }
  }

  /** The conversion has ended, well or not: what came of it replaces the placeholders. */
  async converted(document: StoredDocument): Promise<void> {
    const { uid } = document;
    for (const user of audience(document)) {
      await this.#bus.publish(user.id, {
        type: "inject",
        url: `/workspace/${uid}/@@preview-snippet`,
        inject: [replace(`#preview-${uid}-listing`), replace(`#preview-${uid}-stream`)].join(" && "),
        // Who uploaded it waits for it, and may not see it come. For the others it would be noise.
        ...(user.id === document.owner ? { announce: announcement(document) } : {}),
      });
      // The document's own page shows all its pages. A browser without that target does not even ask.
      await this.#bus.publish(user.id, {
        type: "inject",
        url: `/workspace/${uid}/@@pages-snippet`,
        inject: replace(`#preview-${uid}-pages`),
      });
    }
  }

  /** For the user's other windows. */
  async notificationsRead(user: User): Promise<void> {
    await this.#bus.publish(user.id, NOTIFICATIONS);
  }
}

function announcement({ title, state }: StoredDocument): string {
  return state.name === "ready" ? `The preview of ${title} is ready.` : `There is no preview of ${title}.`;
}

function audience(document: StoredDocument): User[] {
  return users.filter((user) => maySee(user, document));
}

function replace(selector: string): string {
  return `source: ${selector}::element; target: ${selector}::element`;
}
