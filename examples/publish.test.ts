import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { streamKey } from "../demo/bus/keys.ts";
import { PUBLISH_SECRET, startGateway, startPlone } from "../demo/push/test-support/process.ts";
import { redisUrl, withoutRedis } from "../demo/test-support/redis.ts";

const run = promisify(execFile);
const example = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const MESSAGE = { url: "/workspace/4f2a/@@preview-snippet", inject: "target: #ü 'quoted'" };

let python: Promise<NodeJS.ProcessEnv | undefined> | undefined;
let folder: string | undefined;
after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** Publishes with a program, and reads with a browser. */
async function arrives(t: TestContext, command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const REDIS_URL = await redisUrl(t);
  const gateway = await startGateway(t, { REDIS_URL, PLONE_URL: await startPlone(t) });
  const jane = gateway.open("jane");
  jane.resume(null);
  await jane.next();
  const all = [...args, "jane", JSON.stringify(MESSAGE)];
  const { stdout } = await run(command, all, { env: { ...process.env, ...environment, REDIS_URL } });
  assert.deepEqual(await jane.next(), { type: "inject", ...MESSAGE, id: stdout.trim() });
}

describe("a message arrives that was published", { skip: withoutRedis }, () => {
  test("with publish.ts", (t) => arrives(t, process.execPath, ["--import", "tsx", example("publish.ts")]));

  test("with publish.py", async (t) => {
    const environment = await pythonWithRedis();
    if (environment === undefined) t.skip("Python's package redis is not installed and could not be installed");
    else await arrives(t, "python3", [example("publish.py")], environment);
  });

  test("with publish.sh", async (t) => {
    const found = await run("redis-cli", ["--version"]).catch(() => undefined);
    if (found === undefined && !process.env["CI"]) t.skip("redis-cli is not installed");
    else await arrives(t, example("publish.sh"), []);
  });

  test("over HTTP", async (t) => {
    const gateway = await startGateway(t, { REDIS_URL: await redisUrl(t), PLONE_URL: await startPlone(t) });
    const jane = gateway.open("jane");
    jane.resume(null);
    await jane.next();
    const response = await fetch(`${gateway.internalUrl}/publish`, {
      method: "POST",
      headers: { Authorization: `Bearer ${PUBLISH_SECRET}` },
      body: JSON.stringify({ users: ["jane", "joe"], message: MESSAGE }),
    });
    const { positions } = JSON.parse(await response.text());
    assert.deepEqual(await jane.next(), { type: "inject", ...MESSAGE, id: positions.jane });
  });
});

test("the ids of all users are the same keys to Python and to the bus", { skip: withoutRedis }, async (t) => {
  const environment = await pythonWithRedis();
  if (environment === undefined) return t.skip("Python's package redis is not installed and could not be installed");
  const REDIS_URL = await redisUrl(t);
  const redis = new Redis(REDIS_URL);
  t.after(() => redis.disconnect());
  for (const user of ["jane.doe+x@example.org", "a b*'()!~{%}:/?#[]", "Jürgen 💡"]) {
    await redis.del(streamKey(user));
    await run("python3", [example("publish.py"), user, '"/a"'], { env: { ...process.env, ...environment, REDIS_URL } });
    assert.equal(await redis.xlen(streamKey(user)), 1, user);
    await redis.del(streamKey(user));
  }
});

/** Once for all tests. Undefined where it could not be installed; in continuous integration that is an error. */
function pythonWithRedis(): Promise<NodeJS.ProcessEnv | undefined> {
  python ??= findPython();
  return python;
}

async function findPython(): Promise<NodeJS.ProcessEnv | undefined> {
  const isThere = await run("python3", ["-c", "import redis"]).then(
    () => true,
    () => false,
  );
  if (isThere) return {};
  folder = await mkdtemp(join(tmpdir(), "inject-async-python-"));
  try {
    await run("python3", [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--target",
      folder,
      "redis",
    ]);
    return { PYTHONPATH: folder };
  } catch (error) {
    if (process.env["CI"]) throw error;
    return undefined;
  }
}
