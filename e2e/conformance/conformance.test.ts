/** The conformance suite passes with our gateway, and fails with a server that is none. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startGateway } from "../../demo/push/test-support/process.ts";
import { freePort } from "../../demo/test-support/free-port.ts";
import { redisUrl, withoutRedis } from "../../demo/test-support/redis.ts";
import { startPushServer } from "../support/push-server.ts";
import { runConformance } from "./run.ts";

describe("the conformance suite", { skip: withoutRedis, concurrency: true }, () => {
  test("passes with the gateway, and leaves nothing out", async (t) => {
    const [REDIS_URL, whoami] = [await redisUrl(t), await freePort()];
    const PLONE_URL = `http://127.0.0.1:${whoami}`;
    const gateway = await startGateway(t, { REDIS_URL, PLONE_URL, MAX_SOCKETS_PER_USER: "6" });
    const args = [`${gateway.url}/push`, "--redis", REDIS_URL, "--whoami", `${whoami}`, "--max-sockets", "6"];
    const { code, output } = await runConformance(args);
    assert.equal(code, 0, output);
    assert.match(output, /^ℹ skipped 0$/m);
    assert.match(output, /^ℹ pass 4\d$/m);
  });

  test("fails with a server that lets in everybody and sends everybody everything", async (t) => {
    const push = await startPushServer();
    t.after(() => push.close());
    const redis = await redisUrl(t);
    const { code, output } = await runConformance([
      `${push.url}/push`,
      "--redis",
      redis,
      "--whoami",
      `${await freePort()}`,
    ]);
    assert.equal(code, 1, output);
    assert.match(output, /✖ refuses at a WebSocket the pages of other sites/);
    assert.match(output, /✖ keeps a session to the user who opened it/);
  });
});

test("whoever says too little to the conformance suite is told what to say", async () => {
  for (const [args, complaint] of [
    [[], /^expected one URL of an endpoint, found none$/m],
    [["http://127.0.0.1/push"], /^expected either --redis or --publish$/m],
    [["http://127.0.0.1/push", "--redis", "redis://127.0.0.1"], /^expected either --whoami or two different --user$/m],
    [
      ["http://127.0.0.1/push", "--redis", "r", "--whoami", "no"],
      /^--whoami: expected a whole number above 0, found no$/m,
    ],
  ] as const) {
    const { code, output } = await runConformance(args);
    assert.equal(code, 2);
    assert.match(output, complaint);
    assert.match(output, /^npm run conformance -- <url/m);
  }
});
