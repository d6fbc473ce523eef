/**
 * A real Plone as people run it: ZEO, two instances, Redis, a Celery worker, a push server, nginx in front of them. All on
 * free ports, with the configuration of examples/plone/etc as it stands.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../../demo/test-support/free-port.ts";
import { startRedis } from "../../demo/test-support/redis.ts";
import { Undos } from "../support/stack.ts";
import { Process } from "./process.ts";
import { installPackages, virtualEnvironment } from "./python.ts";

const run = promisify(execFile);
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const ETC = path("../../examples/plone/etc");
const CREATE_SITE = path("create_site.py");

export interface Intranet {
  /** What browsers see, without a slash at the end. */
  readonly url: string;
  readonly redisUrl: string;
  /** Where the worker instance is asked, which browsers cannot reach. */
  readonly workerUrl: string;
  /** All run but Tornado, which stands in for the gateway. */
  readonly processes: Readonly<Record<"plone" | "worker" | "celery" | "gateway" | "tornado", Process>>;
  /** Runs a script of this folder in the database, and tells what it prints. */
  script(name: string): Promise<string>;
  /** What all processes have written. */
  log(): string;
  stop(): Promise<void>;
}

export async function startIntranet(): Promise<Intranet> {
  const undos = new Undos();
  try {
    return await start(undos);
  } catch (error) {
    await undos.run();
    throw error;
  }
}

async function start(undos: Undos): Promise<Intranet> {
  const bin = await virtualEnvironment();
  const folder = await mkdtemp(join(tmpdir(), "plone-"));
  undos.after(() => rm(folder, { recursive: true, force: true }));
  await installExamples(bin, join(folder, "packages"));

  const redis = await startRedis(undos, ["--appendonly", "yes"]);
  const port = await freePort(6);
  const ports = { site: port, plone: port + 1, worker: port + 2, push: port + 3, internal: port + 4, zeo: port + 5 };
  const url = `http://127.0.0.1:${ports.site}`;
  const site = `/VirtualHostBase/http/127.0.0.1:${ports.site}/Plone/VirtualHostRoot`;
  const workerUrl = `http://127.0.0.1:${ports.worker}${site}`;
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    LANG: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    VAR: join(folder, "var"),
    ZEO_PORT: `${ports.zeo}`,
    REDIS_URL: redis.url,
    PLONE_WORKER_URL: workerUrl,
    INJECT_ASYNC_TASK_KEY: randomBytes(32).toString("base64url").concat("="),
  };
  await mkdir(env.VAR);
  const started: Process[] = [];
  const program = (
    command: string,
    args: readonly string[],
    ready: RegExp,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const it = new Process({ command, args, env: { ...env, ...more }, ready });
    started.push(it);
    undos.after(() => it.kill());
    return it;
  };

  await program("runzeo", ["-C", join(ETC, "zeo.conf")], /listening on/).start();
  const script = async (name: string) => {
    const { stdout } = await run(join(bin, "zconsole"), ["run", join(ETC, "zope.conf"), path(name)], { env });
    return stdout;
  };
  await script(CREATE_SITE);

  const instance = (number: number) => program("runwsgi", [join(ETC, "wsgi.ini"), `http_port=${number}`], /Serving on/);
  const push = {
    PORT: `${ports.push}`,
    INTERNAL_PORT: `${ports.internal}`,
    PLONE_URL: `http://127.0.0.1:${ports.plone}${site}`,
  };
  const processes = {
    plone: instance(ports.plone),
    worker: instance(ports.worker),
    celery: program(
      "celery",
      ["--app", "injectasync_tasks", "worker", "--loglevel", "INFO", "--concurrency", "2"],
      / ready\./,
    ),
    gateway: program(process.execPath, ["--import", "tsx", path("../../demo/push/main.ts")], /^ready/m, push),
    tornado: program("python", [path("../../examples/tornado/server.py")], /^ready/m, push),
  };
  const nginx = await nginxConfiguration(folder, { 8080: ports.site, 8081: ports.plone, 8082: ports.push });
  await Promise.all([
    ...[processes.plone, processes.worker, processes.celery, processes.gateway].map((it) => it.start()),
    program("nginx", ["-p", folder, "-c", nginx, "-g", "daemon off; error_log stderr notice;"], /start worker/).start(),
  ]);
  return {
    url,
    redisUrl: redis.url,
    workerUrl,
    processes,
    script,
    log: () => started.map(({ log }) => log).join(""),
    stop: () => undos.run(),
  };
}

/** The packages as somebody installs them: copied, with the library's build among the static files. */
async function installExamples(bin: string, folder: string): Promise<void> {
  for (const name of ["plone", "celery"]) {
    await cp(path(`../../examples/${name}`), join(folder, name), { recursive: true });
  }
  const dist = path("../../dist");
  for (const file of (await readdir(dist)).filter((name) => name.endsWith(".min.js"))) {
    await cp(join(dist, file), join(folder, "plone/src/collective/injectasync/static", file));
  }
  await installPackages(bin, [join(folder, "celery"), join(folder, "plone")]);
}

async function nginxConfiguration(folder: string, ports: Readonly<Record<number, number>>): Promise<string> {
  const text = await readFile(join(ETC, "nginx.conf"), "utf8");
  const own = text.replaceAll(/(?<=127\.0\.0\.1:)\d+/g, (found) => `${ports[Number(found)]}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `${process.getuid?.() === 0 ? "user root;" : ""}
pid ${folder}/nginx.pid;
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  access_log off;
${own}
}
`,
  );
  return file;
}
