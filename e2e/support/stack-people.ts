/** The people of e2e/support/demo.ts, before the stack of separate processes instead of the demo in one. */
import { type RedisServer, startRedis } from "../../demo/test-support/redis.ts";
import { test as base, expect } from "./demo.ts";
import { type Stack, startStack, Undos } from "./stack.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

interface Fixtures {
  /** redis-server's arguments. */
  readonly redisSettings: readonly string[];
  /** The stack's environment, besides Redis. */
  readonly stackSettings: Readonly<Record<string, string>>;
  readonly redis: RedisServer;
  /** What is between the stack's processes and Redis. */
  readonly network: TcpProxy;
  readonly stack: Stack;
}

export const test = base.extend<Fixtures>({
  redisSettings: [["--appendonly", "yes"], { option: true }],

  stackSettings: [{}, { option: true }],

  redis: async ({ redisSettings }, use) => {
    const undos = new Undos();
    await use(await startRedis(undos, redisSettings));
    await undos.run();
  },

  network: async ({ redis }, use) => {
    const network = await startTcpProxy({ target: redis.url });
    await use(network);
    await network.close();
  },

  stack: async ({ network, stackSettings }, use) => {
    const undos = new Undos();
    const stack = await startStack(undos, network.url.replace("http:", "redis:"), stackSettings);
    await use(stack);
    await undos.run();
    expect(
      stack
        .log()
        .split("\n")
        .filter((line) => /__ac|cookie/i.test(line)),
      "cookies in the log",
    ).toEqual([]);
  },

  site: async ({ stack }, use) => {
    await use(stack.url);
  },
});

export { expect, expectPreviews, preview, upload } from "./demo.ts";
