/** Has a gateway say that it is there, again and again, while Redis can be told. */
import { randomUUID } from "node:crypto";

export interface PresenceOptions {
  /** @param name of this gateway. */
  readonly say: (name: string) => Promise<void>;
  readonly leave: (name: string) => Promise<void>;
  readonly isRedisUp: () => boolean;
  readonly intervalMs: number;
}

/** @returns the stop, after which it is not there any more. */
export function sayPresence({ say, leave, isRedisUp, intervalMs }: PresenceOptions): () => Promise<void> {
  const name = randomUUID();
  // What could not be said is said the next time.
  const tell = (what: (name: string) => Promise<void>) => (isRedisUp() ? what(name).catch(() => {}) : undefined);
  let telling = tell(say);
  const timer = setInterval(() => {
    telling = tell(say);
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    await telling;
    await tell(leave);
  };
}
