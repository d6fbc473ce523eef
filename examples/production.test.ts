/** The samples for supervisor and nginx, as they stand, but for their ports and paths. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pdf } from "../demo/docconv/samples.ts";
import { Visitor } from "../demo/plone/test-support/visitor.ts";
import { Browser } from "../demo/push/test-support/browser.ts";
import { newSession } from "../demo/push/test-support/site.ts";
import { freePort } from "../demo/test-support/free-port.ts";
import { startRedis, withoutRedisServer } from "../demo/test-support/redis.ts";

const missing = await withoutPrograms();
if (missing && process.env["CI"]) throw new Error(missing);

describe("the samples for supervisor and nginx", { skip: withoutRedisServer || missing }, () => {
  const undos: (() => Promise<void>)[] = [];
  let url = "";
  let folder = "";
  let supervisor: Output;
  let port = (sample: number): number => sample;

  after(async () => {
    for (const undo of undos.reverse()) await undo();
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "production-"));
    undos.push(() => rm(folder, { recursive: true, force: true }));
    const redis = await startRedis({ after: (undo) => undos.push(undo) });
    const base = await freePort(200);
    port = (sample) => sample - 8000 + base;
    const settings = { REDIS_URL: redis.url, DATA_DIR: join(folder, "var"), SECRET: "the secret of the samples" };
    const supervised = await sample("supervisor.conf");
    const head = `[supervisord]\nnodaemon=true\nlogfile=${folder}/supervisord.log\npidfile=${folder}/supervisord.pid\nchildlogdir=${folder}\n`;
    await writeFile(join(folder, "supervisord.conf"), head + supervised);
    const proxied = await sample("nginx.conf");
    await writeFile(join(folder, "nginx.conf"), nginxAround(proxied));
    supervisor = run("supervisord", ["-c", join(folder, "supervisord.conf")], settings);
    run("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-g", "daemon off;"], {});
    url = `http://127.0.0.1:${port(8080)}`;
    await until(async () => (await status()).workers === 2);
    await until(async () => (await fetch(`${url}/push/info`, { headers: { Origin: url } })).status === 401);
  });

  test("a document goes through worker and converter, by the name of its task", async () => {
    const jane = await logIn();
    await jane.upload({ name: "a.pdf", content: new Uint8Array(pdf(["Hello"])) });
    await until(async () => (await status()).tasks.done >= 1);
    assert.match(await jane.read("/workspace"), /@@preview\//);
    const log = await readFile(join(folder, "pools.log"), "utf8");
    assert.match(log, new RegExp(`^POST generate-previews 127\\.0\\.0\\.1:${port(8102)} 20[02]$`, "m"));
  });

  test("a WebSocket opens, and streams of many sessions come as they are written, each at its gateway", async () => {
    const { cookie } = await logIn();
    const headers = { Cookie: cookie, Origin: url };
    const browser = new Browser(`${url}${newSession("websocket")}`, headers);
    await browser.opened;
    browser.resume(null);
    assert.match(JSON.stringify(await browser.next()), /welcome/);
    browser.close();
    for (let n = 0; n < 8; n += 1) {
      const path = newSession("xhr_streaming");
      const stream = await fetch(`${url}${path}`, { method: "POST", headers });
      const reader = stream.body?.getReader();
      let text = "";
      while (!text.includes("o\n")) text += Buffer.from((await reader?.read())?.value ?? []).toString();
      const body = JSON.stringify([JSON.stringify({ type: "resume", position: null })]);
      const sent = await fetch(`${url}${path.replace("xhr_streaming", "xhr_send")}`, { method: "POST", headers, body });
      assert.equal(sent.status, 204, "the session is known");
      while (!text.includes("welcome")) text += Buffer.from((await reader?.read())?.value ?? []).toString();
      await reader?.cancel();
    }
  });

  test("a task's name counts for nothing from outside, and what dies is started again", async () => {
    const answer = await fetch(`${url}/@@generate-previews`, { method: "POST", headers: { "X-Task-Name": "x" } });
    assert.equal(answer.status, 404);
    const [, pid = ""] = /spawned: 'plone-1' with pid (\d+)/.exec(supervisor.text()) ?? [];
    process.kill(Number(pid), "SIGKILL");
    assert.equal((await status()).redis, "up", "the other one answers");
    await until(async () => /spawned: 'plone-1'/g.test(supervisor.text().split(`pid ${pid}`).at(-1) ?? ""));
  });

  async function logIn(): Promise<Visitor> {
    const visitor = new Visitor(url);
    await visitor.logIn("jane");
    return visitor;
  }

  async function status() {
    return await (await fetch(`${url}/@@async-status`)).json();
  }

  async function sample(name: string): Promise<string> {
    const file = fileURLToPath(new URL(name, import.meta.url));
    const text = (await readFile(file, "utf8")).replaceAll("%(here)s", dirname(file));
    // Of `809%(process_num)d` the last digit comes later.
    return text
      .replaceAll(/\b8[01]\d\d\b/g, (found) => String(port(Number(found))))
      .replaceAll(/\b8[01]\d(?=%)/g, (found) => String(port(Number(`${found}0`))).slice(0, -1));
  }

  function nginxAround(text: string): string {
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    return `${process.getuid?.() === 0 ? "user root;" : ""}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  ${temporary.join("\n  ")}
  log_format pools '$request_method $http_x_task_name $upstream_addr $status';
  access_log ${folder}/pools.log pools;
${text}
}
`;
  }

  function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Output {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    undos.push(() => stop(child));
    return collect(child);
  }
});

interface Output {
  text(): string;
}

function collect(child: ChildProcess): Output {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { text: () => text };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** An answer that is not there yet counts as no. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await sleep(100);
}

async function withoutPrograms(): Promise<string | false> {
  for (const [program, argument] of [
    ["nginx", "-v"],
    ["supervisord", "--version"],
  ] as const) {
    const isThere = await promisify(execFile)(program, [argument]).then(
      () => true,
      () => false,
    );
    if (!isThere) return `no ${program} here: install Debian's packages nginx and supervisor`;
  }
  return false;
}
