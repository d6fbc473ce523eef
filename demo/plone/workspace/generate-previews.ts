/**
 * The view `@@generate-previews` of the worker instance: converts a document, then tells everyone who may see it.
 *
 * A task may be delivered twice, as queues do when they lose sight of a worker: the first result stays, the messages
 * are sent again.
 */
import { join } from "node:path";
import { Router } from "express";
import { ConversionError, convert } from "../../docconv/convert.ts";
import type { StoredDocument } from "../content/document.ts";
import { readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import type { Services } from "./services.ts";
import { traverse } from "./traverse.ts";

export function generatePreviews(services: Services): Router {
  const { session, content, publisher, log } = services;
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

      if (document.state.name === "pending") await generate(document, services);
      const converted = await traverse(user, document.uid, content);
      await publisher.converted(converted);
      const state = converted.state.name;
      log(`${task} ${document.uid}: ${state}`);
      response.json({ state });
    }),
  );
  return router;
}

async function generate(document: StoredDocument, { content, maxUploadBytes, log }: Services): Promise<void> {
  const { root, name } = content.original(document);
  try {
    await content.setReady(document.uid, await convert(join(root, name), { maxBytes: maxUploadBytes }));
  } catch (error) {
    // Any other error is not the document's fault: the queue decides whether to try again.
    if (!(error instanceof ConversionError)) throw error;
    log(`${document.uid}: ${error.reason}${error.cause ? ` (${String(error.cause).slice(0, 200)})` : ""}`);
    await content.setFailed(document.uid, error.message);
  }
}
