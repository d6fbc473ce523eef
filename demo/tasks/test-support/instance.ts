/** For tests: a worker instance in the hands of the test, which answers when and as the test says; and tasks for it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { startHttp, stopHttp } from "../../http.ts";
import type { Task } from "../task.ts";

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Instance {
  readonly workerUrl: string;
  /** The next call that nobody has had yet. */
  nextCall(): Promise<Call>;
  /** Those that nobody has had yet. */
  readonly waiting: readonly Call[];
}

export const task = (name: string, rest?: Task): Task => ({
  name,
  url: `/${name}`,
  form: { _authenticator: "t&k=n" },
  cookie: "__ac=sesame",
  user: "jane",
  cost: 1,
  ...(rest ? { rest } : {}),
});

export async function startInstance(t: TestContext): Promise<Instance> {
  const waiting: Call[] = [];
  const server = createServer((request, response) => {
    waiting.push({ request, response });
    server.emit("call");
  });
  const workerUrl = await startHttp(server, 0, "127.0.0.1");
  t.after(() => stopHttp(server));
  const nextCall = async (): Promise<Call> => {
    if (waiting.length === 0) await once(server, "call");
    const call = waiting.shift();
    assert.ok(call);
    return call;
  };
  return { workerUrl, nextCall, waiting };
}
