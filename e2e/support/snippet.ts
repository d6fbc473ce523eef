/**
 * One address of the push server and what it answers: a snippet, a page, or a failure, at the moment the test wants.
 *
 * Knows nothing of sockets or of the request log.
 */
import type { ServerResponse } from "node:http";
import type { LoggedRequest } from "./request-log.ts";

/** The answer that is none: the TCP connection is reset, which `fetch` reports as a network error. */
export const NETWORK_ERROR = Symbol("network error");

/** HTML with status 200, or any other answer. The status is 200 and the type is HTML unless it says otherwise. */
export type Reply = string | typeof NETWORK_ERROR | HttpReply;
export interface HttpReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer, or a function that works one out per request: asynchronous when the test decides when and in which order. */
export type Answer = Reply | ((request: LoggedRequest) => Reply | Promise<Reply>);

export class Snippet {
  /** What is answered. A request that is held is answered with what stands here on release. */
  answer: Answer;
  /** The requests that wait, of this address and of others. */
  readonly #held: Set<LoggedRequest>;
  #gate: Promise<void> | undefined;
  #open: () => void = () => {};

  constructor(answer: Answer, held: Set<LoggedRequest> = new Set()) {
    this.answer = answer;
    this.#held = held;
  }

  /** Requests wait from now on. Returns the snippet, so that `push.snippet(path, html).hold()` reads well. */
  hold(): this {
    this.#gate ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    return this;
  }

  /** Answers what waits, and from now on at once again. */
  release(): void {
    this.#open();
    this.#gate = undefined;
  }

  async respond(request: LoggedRequest, response: ServerResponse): Promise<void> {
    const gate = this.#gate;
    if (gate) {
      this.#held.add(request);
      void Promise.race([gate, request.outcome]).then(() => this.#held.delete(request));
      await gate;
    }
    const reply = typeof this.answer === "function" ? await this.answer(request) : this.answer;
    if (reply === NETWORK_ERROR) {
      response.socket?.resetAndDestroy();
      return;
    }
    const { status = 200, headers = {}, body = "" } = typeof reply === "string" ? { body: reply } : reply;
    response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...headers });
    response.end(body);
  }
}
