/**
 * The task that generates a document's previews, and what happens to a document whose task is lost.
 *
 * Knows nothing of how the task is done: that is the view `@@generate-previews`, in generate-previews.ts.
 */
import { join } from "node:path";
import { type Reason, wordsFor } from "../../docconv/words.ts";
import type { Task } from "../../tasks/task.ts";
import type { Content } from "../content/content.ts";
import type { StoredDocument } from "../content/document.ts";
import { isFinal, isUnfinished } from "../content/state.ts";
import { guessCost } from "./cost.ts";
import type { Publisher } from "./publisher.ts";

export function taskUrl(uid: string): string {
  return `/workspace/${uid}/@@generate-previews`;
}

/** A file that is saved again and again is converted when nobody has saved it for so long. */
export const QUIET_MS = 3_000;

/**
 * @param cookie the owner's Cookie header: the task is done as the user who uploaded the document.
 * @param quietMs the time that it waits for the document's next version.
 */
export async function previewTask(
  document: StoredDocument,
  content: Content,
  authenticator: string,
  cookie: string,
  quietMs = 0,
): Promise<Task> {
  const { uid, owner, version } = document;
  const { root, name } = content.original(document);
  const { first, rest } = await guessCost(join(root, name));
  const task = (cost: number, form: Readonly<Record<string, string>> = {}): Task => ({
    name: "generate-previews",
    url: taskUrl(uid),
    form: { _authenticator: authenticator, ...form },
    cookie,
    user: owner,
    version,
    cost,
  });
  // The other pages of a long document come when all that wait have their first.
  const begin = rest === undefined ? task(first) : { ...task(first, { pages: "first" }), rest: task(rest) };
  return quietMs > 0 ? { ...begin, quietMs } : begin;
}

/**
 * Ends a task that the queue will not try again: its document gets a sentence instead of a preview. Where the task was done, and
 * only could not be told, it is told. A document whose file has been replaced since has another task, and waits for that one.
 */
export async function abandonTask(
  { url, version }: Pick<Task, "url" | "version">,
  content: Content,
  publisher: Publisher,
): Promise<void> {
  const document = await documentOf(url, content);
  if (!document || (version !== undefined && version !== document.version)) return;
  if (isUnfinished(document.state)) await end(document, "abandoned", content, publisher);
  else await publisher.ended(document);
}

/** The task will be done once more: its document waits again. */
export async function reviveTask({ url }: Pick<Task, "url">, content: Content, publisher: Publisher): Promise<void> {
  const document = await documentOf(url, content);
  if (!document || isFinal(document.state)) return;
  await (await content.previews(document)).waiting();
  await publisher.progressed(document);
}

function documentOf(url: string, content: Content): Promise<StoredDocument | undefined> {
  return content.get(/^\/workspace\/([^/]+)\/@@generate-previews$/.exec(url)?.[1]);
}

/** The documents that an earlier process has left unfinished. Call it before uploads are accepted: theirs are unfinished too. */
export async function findInterrupted(content: Content): Promise<readonly StoredDocument[]> {
  return (await content.list()).filter(({ state }) => isUnfinished(state));
}

/**
 * Ends what an earlier process has left unfinished. Its tasks were in its memory only, each with its user's cookie,
 * without which nobody can queue them again: the user can, with a button.
 */
export async function abandonInterrupted(
  documents: readonly StoredDocument[],
  content: Content,
  publisher: Publisher,
): Promise<void> {
  for (const document of documents) await end(document, "interrupted", content, publisher);
}

async function end(document: StoredDocument, reason: Reason, content: Content, publisher: Publisher): Promise<void> {
  await (await content.previews(document)).ended(wordsFor(reason));
  const ended = await content.get(document.uid);
  if (ended) await publisher.ended(ended);
}
