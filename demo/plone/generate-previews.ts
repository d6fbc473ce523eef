/**
 * The view `@@generate-previews` of the worker instance, and the task that leads to it.
 *
 * A task may be done twice, whenever its worker was not sure: the first result stays, and the messages go out again.
 */
import { join } from "node:path";
import { Router } from "express";
import { ConversionError, convert } from "../docconv/convert.ts";
import type { Task } from "../tasks/task.ts";
import type { Content } from "./content.ts";
import type { StoredDocument } from "./document.ts";
import { readForm } from "./form.ts";
import { Problem } from "./problem.ts";
import type { Publisher } from "./publish.ts";
import type { Services } from "./services.ts";
import { traverse } from "./traverse.ts";

/** @param cookie the owner's Cookie header: the task is done as the user who asked for it. */
export function previewTask({ uid }: StoredDocument, authenticator: string, cookie: string): Task {
  return {
    name: "generate-previews",
    url: `/workspace/${uid}/@@generate-previews`,
    form: { _authenticator: authenticator },
    cookie,
  };
}

export function generatePreviews({ session, content, publisher, maxUpload, log }: Services): Router {
  const router = Router();
  router.post(
    "/workspace/:uid/@@generate-previews",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireAuthenticator(user, request);
      const task = request.get("X-Task-Name");
      if (!task) throw new Problem(400, "Expected the header X-Task-Name, found none.");
      const document = await traverse(user, request.params["uid"], content);
      if (document.owner !== user.id) throw new Problem(403, "Only the owner's tasks may change a document.");

      if (document.state.name === "pending") await generate(document, content, maxUpload, log);
      const state = await announce(document.uid, content, publisher);
      log(`${task} ${document.uid}: ${state}`);
      response.json({ state });
    }),
  );
  return router;
}

/** Give a task up that nobody will try again: its document gets a sentence instead of waiting for ever. */
export async function giveUp(task: Task, content: Content, publisher: Publisher): Promise<void> {
  const uid = /^\/workspace\/([^/]+)\/@@generate-previews$/.exec(task.url)?.[1];
  const document = await content.get(uid);
  if (document)
    await fail(document, "The preview could not be generated. The document itself is safe.", content, publisher);
}

/**
 * What an earlier process has left pending. To be asked before uploads are accepted: theirs are pending too.
 */
export async function findInterrupted(content: Content): Promise<readonly StoredDocument[]> {
  return (await content.list()).filter(({ state }) => state.name === "pending");
}

/**
 * Give up what an earlier process has left pending. The tasks were in its memory, with the cookies to do them, so they
 * cannot be queued again: acting as a user takes the user's own ticket.
 */
export async function giveUpInterrupted(
  documents: readonly StoredDocument[],
  content: Content,
  publisher: Publisher,
): Promise<void> {
  const words = "The server was restarted before the preview was ready. Please upload the document again.";
  for (const document of documents) await fail(document, words, content, publisher);
}

async function generate(
  document: StoredDocument,
  content: Content,
  maxBytes: number,
  log: (line: string) => void,
): Promise<void> {
  const { root, name } = content.original(document);
  try {
    await content.setReady(document.uid, await convert(join(root, name), { maxBytes }));
  } catch (error) {
    // Anything else is not the document's fault, and whether to try again is the queue's decision.
    if (!(error instanceof ConversionError)) throw error;
    log(`${document.uid}: ${error.reason}${error.cause ? ` (${String(error.cause).slice(0, 200)})` : ""}`);
    await content.setFailed(document.uid, error.message);
  }
}

async function fail(document: StoredDocument, words: string, content: Content, publisher: Publisher): Promise<void> {
  await content.setFailed(document.uid, words);
  await announce(document.uid, content, publisher);
}

/** Tell everyone what has become of the document. */
async function announce(uid: string, content: Content, publisher: Publisher): Promise<string> {
  const document = await content.get(uid);
  if (!document) throw new Error(`expected the document ${uid}, found none`);
  await publisher.converted(document);
  return document.state.name;
}
