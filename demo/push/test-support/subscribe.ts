/** For the tests of the subscriber: a browser that reads as much as the test says, and ways to wait without a clock. */
import type { TestContext } from "node:test";
import type { Bus } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import { Subscriber } from "../subscriber.ts";
import { message } from "./site.ts";

const NEVER = 60 * 60 * 1000;
export const resume = (position: string | null) => JSON.stringify({ type: "resume", position });

/** A browser that can be full, and a subscriber that writes to it. Ids are `7-1`, `7-2`, … */
export function subscribe(t: TestContext, { resumeTimeoutMs = NEVER, bus = createMemoryBus({ now: () => 7 }) } = {}) {
  const sent: unknown[] = [];
  const closed: number[] = [];
  const log: string[] = [];
  let room = Number.POSITIVE_INFINITY;
  const peer = {
    ready: () => room > 0,
    send: (text: string) => {
      room -= 1;
      const { type, id, url, position, recovered } = JSON.parse(text);
      sent.push(type === "welcome" ? `welcome ${position} ${recovered}` : `${id} ${url}`);
    },
    close: ({ code }: { readonly code: number }) => void closed.push(code),
  };
  const subscriber = new Subscriber({ bus, user: "jane", peer, resumeTimeoutMs, log: (line) => log.push(line) });
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
