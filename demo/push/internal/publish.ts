/**
 * `POST /publish`: a message to one user or several, or to a topic, from a back end that does not speak Redis.
 *
 * `Authorization: Bearer <secret>`, and a body of `{"user": "jane", "message": {"url": "/snippet"}}`,
 * `{"users": ["jane", "joe"], "message": …}` or `{"topic": "news", "message": …}`. Answers the positions, by user or topic.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type RequestHandler, Router, text } from "express";
import type { Audience, Bus } from "../../bus/bus.ts";
import { parsePublication } from "../../bus/entry.ts";
import { isUserId, MAX_USER_CHARACTERS } from "../../bus/keys.ts";
import type { Publication } from "../../protocol.ts";

export interface PublishOptions {
  readonly bus: Bus;
  /** Without one nobody may publish. */
  readonly secret: string | undefined;
}

/** A message of the protocol's greatest length, of three bytes a character. */
const MAX_BODY = "4mb";
const MAX_USERS = 1000;

interface Order {
  /** Under the names by which the answer tells of them. */
  readonly audiences: ReadonlyMap<string, Audience>;
  readonly message: Publication;
}

export function createPublish({ bus, secret }: PublishOptions): Router {
  const router = Router();
  router.post("/publish", authorize(secret), text({ type: () => true, limit: MAX_BODY }), async (request, response) => {
    let order: Order;
    try {
      order = parseOrder(String(request.body ?? ""));
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : String(error) });
      return;
    }
    const { audiences, message } = order;
    const results = await Promise.allSettled(
      [...audiences].map(async ([name, audience]) => [name, await bus.publish(audience, message)]),
    );
    const positions = Object.fromEntries(results.flatMap((it) => (it.status === "fulfilled" ? [it.value] : [])));
    const failed = results.find((it) => it.status === "rejected");
    if (failed === undefined) response.json({ positions });
    else response.status(503).json({ error: String(failed.reason?.message ?? failed.reason), positions });
  });
  return router;
}

function authorize(secret: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (secret === undefined) {
      response.status(404).json({ error: "publishing over HTTP is off: PUBLISH_SECRET is not set" });
      return;
    }
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    // Of one length, so that the time of the comparison tells nothing.
    if (timingSafeEqual(digest(given), digest(secret))) {
      next();
      return;
    }
    response.set("WWW-Authenticate", "Bearer").status(401).json({ error: "expected Authorization: Bearer <secret>" });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function parseOrder(body: string): Order {
  const order = parseJson(body);
  if (typeof order !== "object" || order === null || Array.isArray(order)) {
    throw new Error(`body: expected a JSON object, found ${show(order)}`);
  }
  for (const name of Object.keys(order)) {
    if (!["user", "users", "topic", "message"].includes(name)) {
      throw new Error(`body: expected user, users or topic, and message, found ${show(name)}`);
    }
  }
  const { user, users, topic, message }: Partial<Record<"user" | "users" | "topic" | "message", unknown>> = order;
  if ([user, users, topic].filter((it) => it !== undefined).length !== 1) {
    throw new Error("body: expected one of user, users and topic");
  }
  if (message === undefined) throw new Error("message: expected a message, found nothing");
  const audiences = topic === undefined ? parseUsers(users ?? [user]) : parseTopic(topic);
  return { audiences, message: parsePublication(JSON.stringify(message)) };
}

function parseTopic(topic: unknown): Map<string, Audience> {
  if (typeof topic === "string" && /^[\w.-]{1,64}$/.test(topic)) return new Map([[topic, { topic }]]);
  throw new Error(`topic: expected 1 to 64 letters, digits, or ._-, found ${show(topic)}`);
}

function parseUsers(users: unknown): Map<string, Audience> {
  if (!Array.isArray(users) || users.length === 0 || users.length > MAX_USERS) {
    throw new Error(`users: expected a list of 1 to ${MAX_USERS} user ids, found ${show(users)}`);
  }
  return new Map(users.map(parseUser).map((user) => [user, user]));
}

function parseUser(user: unknown): string {
  if (typeof user === "string" && isUserId(user)) return user;
  throw new Error(`user: expected a user id of 1 to ${MAX_USER_CHARACTERS} characters, found ${show(user)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`body: expected JSON, found ${show(text)}`);
  }
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}
