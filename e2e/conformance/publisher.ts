/** Publishing to the server under test. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Redis } from "ioredis";

export interface Publisher {
  /** @param message anything: the server judges. */
  publish(user: string, message: unknown): Promise<void>;
  /** Publishes a text that need not be JSON; undefined where a command publishes. */
  readonly publishText: ((user: string, text: string) => Promise<void>) | undefined;
  /** Forgets all of the user's messages but the newest one; undefined where nobody but the server can. */
  readonly forget: ((user: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

export function redisPublisher(url: string): Publisher {
  const redis = new Redis(url);
  // The ids of the suite's users are plain, and those of real ones are encoded as Python's quote(user, safe="@+").
  const key = (user: string) => `inject-async:${encodeURIComponent(user).replace(/%40|%2B/g, decodeURIComponent)}`;
  const publishText = async (user: string, text: string) => {
    await redis.xadd(key(user), "MAXLEN", "~", 1000, "*", "message", text);
    await redis.publish(key(user), "");
  };
  return {
    publish: (user, message) => publishText(user, JSON.stringify(message)),
    publishText,
    forget: async (user) => {
      await redis.xtrim(key(user), "MAXLEN", 1);
    },
    close: async () => {
      await redis.quit();
    },
  };
}

export function commandPublisher(command: string): Publisher {
  return {
    publish: async (user, message) => {
      // The shell splits the command, and leaves the two arguments as they are.
      await promisify(execFile)("sh", ["-c", `${command} "$@"`, "publish", user, JSON.stringify(message)]);
    },
    publishText: undefined,
    forget: undefined,
    close: async () => {},
  };
}
