/** The view `@@async-status`: how the asynchronous stack is, for whoever runs the site. */
import { Router } from "express";

/** @returns what the view answers, as JSON. */
export type Status = () => Promise<Readonly<Record<string, unknown>>>;

/** Open to everyone, signed in or not: the status says nothing of anyone's documents. */
export function asyncStatus(status: Status): Router {
  const router = Router();
  router.get("/@@async-status", async (_request, response) => {
    response.set("Cache-Control", "no-store").json(await status());
  });
  return router;
}
