/** For the tests of subscriptions: a browser that reads as much as the test says, and ways to wait without a clock. */
import type { TestContext } from "node:test";
import type { Bus } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import type { Grants } from "../../grants.ts";
import type { Position } from "../../protocol.ts";
import { Subscriptions } from "../subscriptions.ts";
import { message } from "./site.ts";

const NEVER = 60 * 60 * 1000;
export const resume = (position: string | null, topics?: Readonly<Record<string, Position | null>>) =>
  JSON.stringify({ type: "resume", position, topics });

interface SubscribeOptions {
  readonly resumeTimeoutMs?: number;
  readonly bus?: Bus;
  readonly grants?: Pick<Grants, "verify">;
}

/** A browser that can be full, and subscriptions that write to it. Ids are `7-1`, `7-2`, … */
export function subscribe(t: TestContext, options: SubscribeOptions = {}) {
  const { resumeTimeoutMs = NEVER, bus = createMemoryBus({ now: () => 7 }), grants } = options;
  const sent: unknown[] = [];
  const closed: number[] = [];
  const log: string[] = [];
  let room = Number.POSITIVE_INFINITY;
  const peer = {
    ready: () => room > 0,
    send: (text: string) => {
      room -= 1;
      const { type, topic, id, url, position, recovered } = JSON.parse(text);
      const what = type === "welcome" ? `welcome ${position} ${recovered}` : `${id} ${url}`;
      sent.push(topic === undefined ? what : `${topic}: ${what}`);
    },
    cork() {},
    uncork() {},
    close: ({ code }: { readonly code: number }) => void closed.push(code),
  };
  const shared = { bus, grants, resumeTimeoutMs, log: (line: string) => void log.push(line) };
  const subscriber = new Subscriptions(shared, "jane", peer);
  t.after(() => subscriber.stop());
  const take = (count: number) => {
    room = count;
    subscriber.wake();
    return settled();
  };
  return { bus, subscriber, sent, closed, log, take };
}

/** Resolves when all promises that can go on have gone on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Resolves at the end of a resume timeout of 0: timers of one length end in the order in which they were started. */
export const resumeTimeoutEnds = () => new Promise((resolve) => setTimeout(resolve, 0));

export const publish = async (bus: Bus, ...urls: readonly string[]) => {
  for (const url of urls) await bus.publish("jane", message(url));
};

/** The topic `news`. */
export const NEWS = { topic: "news" } as const;

export const publishNews = async (bus: Bus, ...urls: readonly string[]) => {
  for (const url of urls) await bus.publish(NEWS, message(url));
};
