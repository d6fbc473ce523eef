/**
 * What the push server has been asked over HTTP, in order, and what became of each request.
 *
 * Knows nothing of the answers: it only listens to requests and their responses.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Inbox } from "./inbox.ts";

export interface LoggedRequest {
  readonly method: string;
  /** Path and query string, as sent. */
  readonly url: string;
  /** The path alone. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** "answered" once the whole response is out, "aborted" when the browser gave up before. */
  readonly outcome: Promise<"answered" | "aborted">;
}

export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #arrivals = new Inbox<LoggedRequest>();

  /** Every request, oldest first: pages, snippets, bundles, SockJS's own. */
  get all(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** @param path a path, or a path with its query string, e.g. `/doc/1` or `/doc/1?page=2`. */
  for(path: string): readonly LoggedRequest[] {
    return this.#requests.filter((request) => isFor(request, path));
  }

  /** The next request for the path that no earlier call has returned, whether it has come already or not. */
  next(path: string): Promise<LoggedRequest> {
    return this.#arrivals.next(`a request for ${path}`, (request) => isFor(request, path));
  }

  /** @param response absent for a WebSocket's upgrade request, which counts as answered. */
  add(message: IncomingMessage, response?: ServerResponse): LoggedRequest {
    const { method = "", url = "", headers } = message;
    const path = url.split("?")[0] ?? "";
    const outcome = response === undefined ? Promise.resolve("answered" as const) : outcomeOf(response);
    const request = { method, url, path, headers, outcome };
    this.#requests.push(request);
    this.#arrivals.put(request);
    return request;
  }
}

function isFor(request: LoggedRequest, path: string): boolean {
  return (path.includes("?") ? request.url : request.path) === path;
}

function outcomeOf(response: ServerResponse): Promise<"answered" | "aborted"> {
  return new Promise((resolve) => {
    response.once("close", () => resolve(response.writableFinished ? "answered" : "aborted"));
  });
}
