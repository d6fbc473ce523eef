/** Login, logout, and `@@whoami`. */
import { Router } from "express";
import { LoginLimit } from "../accounts/login-limit.ts";
import { authenticate } from "../accounts/users.ts";
import { loginPage } from "../views/login.ts";
import { safeCameFrom } from "./came-from.ts";
import { fieldsOf, readForm } from "./form.ts";
import { Problem } from "./problem.ts";
import type { Session } from "./session.ts";

/** The small view that a site adds for the push gateway: whose cookie the request carries. */
export function whoami(session: Session): Router {
  const router = Router();
  router.get("/@@whoami", (request, response) => {
    response.set("Cache-Control", "no-store").json({ id: session.user(request)?.id ?? null });
  });
  return router;
}

export interface AccountServices {
  readonly session: Session;
  readonly log: (line: string) => void;
}

/** @param loggedOut is told the Cookie header of whoever has just logged out. */
export function accountRoutes(
  { session, log }: AccountServices,
  loggedOut: (cookie: string | undefined) => void = () => {},
): Router {
  const limit = new LoginLimit({ log });
  const router = Router();

  router.get("/", (request, response) => {
    response.redirect(session.user(request) ? "/workspace" : "/login");
  });

  router.get("/login", (request, response) => {
    response.send(loginPage({ cameFrom: safeCameFrom(request.query["came_from"]) }));
  });

  router.post("/login", ...readForm, (request, response) => {
    const { __ac_name: name, __ac_password: password, came_from: given } = fieldsOf(request);
    const cameFrom = safeCameFrom(given);
    const address = request.ip ?? "";
    const seconds = limit.wait(name, address);
    if (seconds > 0) {
      response.set("Retry-After", String(seconds));
      throw new Problem(429, `Those were too many wrong passwords. Please wait for ${seconds} seconds.`);
    }
    const user = authenticate(name, password);
    if (!user) {
      limit.failed(name, address);
      response.status(401).send(loginPage({ cameFrom, name: typeof name === "string" ? name : "" }));
      return;
    }
    limit.succeeded(name, address);
    session.logIn(user, response);
    response.redirect(cameFrom);
  });

  router.post("/logout", ...readForm, async (request, response) => {
    const user = session.user(request);
    if (user) session.requireOwnForm(user, request);
    await session.logOut(request, response).catch((error: unknown) => log(`logout: not kept for a restart: ${error}`));
    loggedOut(request.headers.cookie);
    response.redirect("/login");
  });

  return router;
}
