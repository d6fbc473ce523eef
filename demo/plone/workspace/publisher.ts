/**
 * The messages of a document's life, published to every user who may see it. A message only contains a snippet's URL:
 * what the user may see is decided when their browser fetches it.
 */
import type { Bus } from "../../bus/bus.ts";
import { type User, users } from "../accounts/users.ts";
import { maySee, type StoredDocument } from "../content/document.ts";

/** The user's notifications have changed: count and list are replaced, and a menu that is open around them stays open. */
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

  /** A new document appears in every listing and activity stream, and in the notifications of everyone but its owner. */
  async uploaded(document: StoredDocument): Promise<void> {
    for (const user of audience(document)) {
      // The message replaces the lists instead of adding an entry: in a race with the upload's own response, a reload or
      // another upload, no document appears twice.
      await this.#bus.publish(user.id, {
        type: "inject",
        url: "/workspace/@@updates",
        inject: "source: #documents; target: #documents && source: #activity-stream; target: #activity-stream",
      });
      if (user.id !== document.owner) await this.#bus.publish(user.id, NOTIFICATIONS);
    }
  }

  /** The conversion has ended: a preview, or the reason why there is none, replaces the placeholders. */
  async converted(document: StoredDocument): Promise<void> {
    const { uid } = document;
    for (const user of audience(document)) {
      await this.#bus.publish(user.id, {
        type: "inject",
        url: `/workspace/${uid}/@@preview-snippet`,
        inject: [replace(`#preview-${uid}-listing`), replace(`#preview-${uid}-stream`)].join(" && "),
        // The owner waits for the preview, and may not see it appear. For all others an announcement would be noise.
        ...(user.id === document.owner ? { announce: announcement(document) } : {}),
      });
      // For the document's own page. A browser without that target does not fetch the snippet.
      await this.#bus.publish(user.id, {
        type: "inject",
        url: `/workspace/${uid}/@@pages-snippet`,
        inject: replace(`#preview-${uid}-pages`),
      });
    }
  }

  /** The user has read the notifications in one window: the other windows show it too. */
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
