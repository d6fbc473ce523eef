/**
 * Which requests are admitted: path, Origin, size and user of each are checked before sockjs sees it.
 *
 * These checks are at the HTTP level because sockjs-node hides the Cookie header from connections on purpose, and
 * because it answers any Origin with CORS headers of its own. Knows nothing of sessions and sockets.
 */
import type { IncomingMessage } from "node:http";
import { isUserId } from "../../bus/keys.ts";
import type { RefusalReason } from "../meter.ts";
import type { Route } from "../sockjs/route.ts";
import { MAX_INCOMING_BYTES } from "../sockjs/server.ts";
import type { Whoami } from "./identity.ts";
import { isOwnOrigin } from "./origin.ts";

export interface Admitted {
  readonly route: Route;
  readonly user: string;
  readonly cookie: string | undefined;
}

export interface Refusal {
  readonly why: RefusalReason;
  /** Of HTTP. */
  readonly status: number;
  /** In words. */
  readonly reason: string;
}

export interface AdmissionOptions {
  readonly whoami: Whoami;
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly log: (line: string) => void;
}

const MAX_LOGGED_CHARACTERS = 100;

/** Never throws: an error becomes a refusal. */
export async function admit(
  request: IncomingMessage,
  route: Route | null,
  { whoami, allowedOrigins, log }: AdmissionOptions,
): Promise<Admitted | Refusal> {
  if (route === null) return { why: "path", status: 404, reason: "no such transport" };
  if (!isOwnOrigin(request, allowedOrigins)) {
    log(`push: refused a request from the origin ${shorten(request.headers.origin)}`);
    return { why: "origin", status: 403, reason: "expected a request from this site's own pages" };
  }
  const problem = checkBody(request) ?? checkUpgrade(request, route);
  if (problem !== null) return problem;

  const { cookie } = request.headers;
  try {
    const user = await whoami(cookie);
    if (user === null) return { why: "anonymous", status: 401, reason: "log in first" };
    if (isUserId(user)) return { route, user, cookie };
    log(`push: refused a user who cannot have a stream, with the id ${shorten(user)}`);
    return { why: "invalid user", status: 403, reason: "your user id is too long, or not well-formed Unicode" };
  } catch (error) {
    log(`push: cannot find out who a request is from: ${String(error)}`);
    return { why: "unknown user", status: 503, reason: "cannot find out who you are, try again" };
  }
}

// Anybody may send a header of thousands of characters.
function shorten(text: string | undefined): string {
  return JSON.stringify(text?.slice(0, MAX_LOGGED_CHARACTERS) ?? null);
}

// sockjs reads the whole body of a POST into memory: its length has to be known beforehand.
function checkBody({ headers }: IncomingMessage): Refusal | null {
  if (headers["transfer-encoding"] !== undefined)
    return { why: "size", status: 411, reason: "expected a Content-Length" };
  if (Number(headers["content-length"] ?? 0) <= MAX_INCOMING_BYTES) return null;
  return { why: "size", status: 413, reason: `expected at most ${MAX_INCOMING_BYTES} bytes` };
}

// Only RFC 6455: sockjs would also accept its drafts, which no browser uses.
function checkUpgrade({ headers }: IncomingMessage, { kind }: Route): Refusal | null {
  if (headers.upgrade === undefined) return null;
  if (kind !== "websocket" && kind !== "raw")
    return { why: "upgrade", status: 400, reason: "expected no upgrade here" };
  if (headers.upgrade.toLowerCase() === "websocket" && headers["sec-websocket-version"] === "13") return null;
  return { why: "upgrade", status: 426, reason: "expected WebSocket version 13" };
}
