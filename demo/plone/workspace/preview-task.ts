/**
 * The task that generates a document's previews, and what happens to a document whose task is lost.
 *
 * Knows nothing of how the task is done: that is the view `@@generate-previews`, in generate-previews.ts.
 */
import type { Task } from "../../tasks/task.ts";
import type { Content } from "../content/content.ts";
import type { StoredDocument } from "../content/document.ts";
import type { Publisher } from "./publisher.ts";

/** @param cookie the owner's Cookie header: the task is done as the user who uploaded the document. */
export function previewTask({ uid }: StoredDocument, authenticator: string, cookie: string): Task {
  return {
    name: "generate-previews",
    url: `/workspace/${uid}/@@generate-previews`,
    form: { _authenticator: authenticator },
    cookie,
  };
}

/** Ends a task that the queue will not try again: its document gets a sentence instead of a preview. */
export async function abandonTask(task: Task, content: Content, publisher: Publisher): Promise<void> {
  const uid = /^\/workspace\/([^/]+)\/@@generate-previews$/.exec(task.url)?.[1];
  const document = await content.get(uid);
  if (!document) return;
  await fail(document, "The preview could not be generated. The document itself is safe.", content, publisher);
}

/** The documents that an earlier process has left pending. Call it before uploads are accepted: theirs are pending too. */
export async function findInterrupted(content: Content): Promise<readonly StoredDocument[]> {
  return (await content.list()).filter(({ state }) => state.name === "pending");
}

/**
 * Ends what an earlier process has left pending. Its tasks were in its memory only, each with its user's cookie,
 * without which nobody can queue them again.
 */
export async function abandonInterrupted(
  documents: readonly StoredDocument[],
  content: Content,
  publisher: Publisher,
): Promise<void> {
  const words = "The server was restarted before the preview was ready. Please upload the document again.";
  for (const document of documents) await fail(document, words, content, publisher);
}

async function fail({ uid }: StoredDocument, words: string, content: Content, publisher: Publisher): Promise<void> {
  await content.setFailed(uid, words);
  const document = await content.get(uid);
  if (document) await publisher.converted(document);
}
