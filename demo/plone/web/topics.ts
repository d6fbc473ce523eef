/**
 * Who is told of what happens to a document; and the topics that a page may listen to, as it names them to the gateway.
 * PROTOCOL.md, "Topics".
 */
import type { Audience, Bus } from "../../bus/bus.ts";
import type { Grants } from "../../grants.ts";
import type { User } from "../accounts/users.ts";
import type { StoredDocument } from "../content/document.ts";

interface Topic {
  readonly topic: string;
}

/** What everybody may see. One message for all, instead of one in the stream of each user. */
export const WORKSPACE: Topic = { topic: "workspace" };

/** All who may see the document: what is private goes by its owner's own stream. */
export function audienceOf({ isPrivate, owner }: StoredDocument): Audience {
  return isPrivate ? owner : WORKSPACE;
}

/** Those of them who have the document's own page open: what only that page shows is nothing to the others. */
export function readersOf({ uid, isPrivate, owner }: StoredDocument): Audience {
  return isPrivate ? owner : { topic: `document-${uid}` };
}

/** @param document the one whose own page it is. */
export function topicsFor(document?: StoredDocument): readonly Topic[] {
  const readers = document && readersOf(document);
  return typeof readers === "object" ? [WORKSPACE, readers] : [WORKSPACE];
}

/** @returns `<grant>@<position>` for each; newer messages of the topics are replayed to the page. */
export async function topicsOf(user: User, topics: readonly Topic[], bus: Bus, grants: Grants): Promise<string> {
  const granted = topics.map(async (topic) => `${grants.sign(topic.topic, user.id)}@${await bus.position(topic)}`);
  return (await Promise.all(granted)).join(" ");
}

/** The same for a page that cannot know the positions. */
export function grantsOf(user: User, topics: readonly Topic[], grants: Grants): string {
  return topics.map(({ topic }) => grants.sign(topic, user.id)).join(" ");
}
