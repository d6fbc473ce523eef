/**
 * The view `@@async-status`: how the asynchronous stack is, for whoever runs the site. A page for browsers, which measures
 * the ways of a message and of a task to itself; JSON for programs.
 */
import { type Request, Router } from "express";
import type { Bus } from "../../bus/bus.ts";
import type { TaskQueue } from "../../tasks/task.ts";
import type { User } from "../accounts/users.ts";
import {
  roundTripPending,
  roundTripSnippet,
  type StatusFigures,
  statusPage,
  taskRoundTripSnippet,
} from "../views/async-status.ts";
import { type ChromeSources, chromeOf } from "../web/chrome.ts";
import { fieldsOf, readForm } from "../web/form.ts";
import { Problem } from "../web/problem.ts";
import type { Session } from "../web/session.ts";

/** @returns what the view answers. */
export type Status = () => Promise<StatusFigures>;

export interface StatusSources extends ChromeSources {
  readonly status: Status;
  readonly queue: Pick<TaskQueue, "enqueue">;
  readonly log: (line: string) => void;
}

/** Open to everyone, signed in or not: the status says nothing of anyone's documents. */
export function asyncStatus(sources: StatusSources): Router {
  const { session, bus, queue, status, log } = sources;
  const router = Router();

  router.get("/@@async-status", async (request, response) => {
    response.set({ "Cache-Control": "no-store", Vary: "Accept, Cookie" });
    if (request.accepts(["json", "html"]) !== "html") {
      response.json(await status());
      return;
    }
    const user = session.user(request);
    const chrome = user && (await chromeOf(user, sources));
    response.send(statusPage(chrome, await status()));
    if (user) measure(user, request);
  });

  router.post(
    "/@@async-status/push",
    ...readForm,
    session.signedIn((user, request, response) => {
      session.requireOwnForm(user, request);
      response.send(roundTripPending());
      measure(user, request);
    }),
  );

  for (const [name, snippet] of [
    ["round-trip", roundTripSnippet],
    ["task-round-trip", taskRoundTripSnippet],
  ] as const) {
    router.get(
      `/@@async-status/${name}`,
      session.signedIn((_user, request, response) => {
        response.send(snippet(Math.max(0, Date.now() - timeIn(request.query["since"]))));
      }),
    );
  }

  function measure(user: User, request: Request): void {
    const since = Date.now();
    const task = {
      name: "async-status",
      url: "/@@async-status/task",
      form: { _authenticator: session.authenticator(user), since: String(since) },
      cookie: request.headers.cookie ?? "",
      user: user.id,
      cost: 0,
    };
    for (const way of [tell(bus, user, "round-trip", since), queue.enqueue(task)]) {
      way.catch((error: unknown) => log(`status: ${String(error)}`));
    }
  }

  return router;
}

/** The view `@@async-status/task` of the worker instance: the task of the status page, which tells that it is done. */
export function asyncStatusTask({ session, bus }: { readonly session: Session; readonly bus: Bus }): Router {
  const router = Router();
  router.post(
    "/@@async-status/task",
    ...readForm,
    session.signedIn(async (user, request, response) => {
      session.requireAuthenticator(user, request);
      await tell(bus, user, "task-round-trip", timeIn(fieldsOf(request)["since"]));
      response.json({ state: "done" });
    }),
  );
  return router;
}

/** The time is in the URL, and there and back it is of the frontend's clock. */
async function tell(bus: Bus, user: User, name: string, since: number): Promise<void> {
  const inject = `source: #${name}::element; target: #${name}::element`;
  await bus.publish(user.id, { type: "inject", url: `/@@async-status/${name}?since=${since}`, inject });
}

/** @param given what the request contains: anything. */
function timeIn(given: unknown): number {
  const time = typeof given === "string" && given !== "" ? Number(given) : Number.NaN;
  if (!Number.isSafeInteger(time)) throw new Problem(400, "Expected the time of the message, found none.");
  return time;
}
