/** What the processes of the load run tell each other. */
import type { ChildProcess } from "node:child_process";

export type Kind = "bare" | "memory" | "redis";

/** The topic that all sockets of a run may listen to. */
export const TOPIC = "all";

/** To a server: one message for each of the users `u0` to `u<users - 1>`, or one for all, `rounds` times; or what it uses. */
export type ServerOrder =
  | { readonly type: "publish"; readonly to: "each" | "all"; readonly users: number; readonly rounds: number }
  | { readonly type: "usage"; readonly collectGarbage: boolean };

export type ServerAnswer =
  | { readonly type: "ready"; readonly url: string }
  | { readonly type: "published" }
  /** `questions`: whose cookie it is, asked of Plone for sockets that are open. */
  | { readonly type: "usage"; readonly bytes: number; readonly cpuMs: number; readonly questions: number };

/**
 * To the client: open sockets, one for each user, from the addresses of a network 127.0.<network>.0, that listen to the topic too if so
 * wanted; lose them all; wait for messages, on all sockets together; measure single messages.
 */
export type ClientOrder =
  | {
      readonly type: "open";
      readonly url: string;
      readonly users: number;
      readonly network: number;
      readonly listensToTopic: boolean;
    }
  | { readonly type: "lose" }
  | { readonly type: "expect"; readonly messages: number }
  | { readonly type: "latency"; readonly redisUrl: string; readonly messages: number };

export type ClientAnswer =
  | { readonly type: "opened"; readonly ms: number }
  | { readonly type: "lost" }
  | { readonly type: "expecting" }
  | { readonly type: "received" }
  | { readonly type: "latencies"; readonly ms: readonly number[] };

/** Longer than any step takes: a process that waits for others has a bound of its own, and says more. */
const ANSWER_MS = 15 * 60_000;

/** The next message of that type; fails when the process ends instead, or says nothing. */
export function answerOf<A extends { readonly type: string }, T extends A["type"]>(
  child: ChildProcess,
  type: T,
): Promise<Extract<A, { readonly type: T }>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`expected ${type}, found the process ended with ${code}`));
    const late = () => reject(new Error(`expected ${type} within ${ANSWER_MS / 60_000} minutes, found nothing`));
    const timer = setTimeout(late, ANSWER_MS);
    const take = (answer: A) => {
      if (!isOf(answer, type)) return;
      clearTimeout(timer);
      child.off("message", take);
      child.off("exit", ended);
      resolve(answer);
    };
    child.on("message", take);
    child.on("exit", ended);
  });
}

function isOf<A extends { readonly type: string }, T extends A["type"]>(
  answer: A,
  type: T,
): answer is Extract<A, { readonly type: T }> {
  return answer.type === type;
}
