/** The environment of the stack's processes, read and checked once, as one typed object for each kind of process. */
import { resolve } from "node:path";
import {
  DEFAULT_MAX_UPLOAD_BYTES,
  type Environment,
  readPushConfig,
  secret,
  settingsOf,
  siteOrigin,
  url,
  wholeNumber,
} from "../config.ts";

/** What all processes of one site have in common, and must agree on. */
export interface SharedConfig {
  /** `REDIS_URL`, which has no default. */
  readonly redisUrl: string;
  /** Absolute path of the folder for content. `DATA_DIR`, default `var`. */
  readonly dataDir: string;
  /** Key of tickets, authenticators and sealed tasks. `SECRET`; without it a random one is made and kept in the data folder. */
  readonly secret: string | undefined;
}

/** Of one of Plone's instances, `npm run plone` or `npm run plone-worker`. */
export interface PloneConfig extends SharedConfig {
  /** TCP port; 0 takes a free one. `PORT`, default 8080 for the frontend, 8083 for the worker instance. */
  readonly port: number;
  /** The address to listen on. `HOST`, default 127.0.0.1. No browser may reach the worker instance. */
  readonly host: string;
  /** The site's origin, as browsers see it; with https the cookie is `Secure`. `SITE_URL`; without it the host that a request names. */
  readonly siteOrigin: string | undefined;
  /** Size of the largest file that is accepted. `MAX_UPLOAD`, default 50 MiB. */
  readonly maxUploadBytes: number;
  /** Of each user's, the tasks that run at once, in all workers. `TASKS_PER_USER`, default 2. */
  readonly tasksPerUser: number;
}

/** Of a task worker, `npm run worker`. */
export interface WorkerConfig extends SharedConfig {
  /** The only place that tasks are posted to. `PLONE_WORKER_URL`, default `http://127.0.0.1:8083`. */
  readonly ploneWorkerUrl: string;
  /** Tasks that run at once. `TASK_CONCURRENCY`, default 4. */
  readonly concurrency: number;
  readonly tasksPerUser: number;
  /**
   * Where `/metrics` is, which no browser may reach: `INTERNAL_PORT`, 0 for a free one, and `INTERNAL_HOST`, default 127.0.0.1.
   * Undefined without a port: each worker on a machine needs its own.
   */
  readonly internal: { readonly port: number; readonly host: string } | undefined;
}

/** Of `npm run stack`. What is not here its processes read themselves, from the same environment. */
export interface StackConfig extends SharedConfig {
  /** TCP port for browsers; 0 takes a free one. `PORT`, default 8080. */
  readonly port: number;
  readonly host: string;
  /** How many of each kind: `PLONES`, `PLONE_WORKERS`, `WORKERS`, `GATEWAYS`, each 1 by default. */
  readonly plones: number;
  readonly ploneWorkers: number;
  readonly workers: number;
  readonly gateways: number;
}

const MAX_PROCESSES = 64;

/** @throws with the variable's name, what was expected and what was found. */
export function readPloneConfig(env: Environment, defaultPort: "8080" | "8083"): PloneConfig {
  const setting = settingsOf(env);
  return {
    ...readShared(env),
    port: wholeNumber("PORT", setting("PORT") ?? defaultPort, 0, 65_535),
    host: setting("HOST") ?? "127.0.0.1",
    siteOrigin: siteOrigin(setting("SITE_URL")),
    maxUploadBytes: wholeNumber(
      "MAX_UPLOAD",
      setting("MAX_UPLOAD") ?? String(DEFAULT_MAX_UPLOAD_BYTES),
      1,
      Number.MAX_SAFE_INTEGER,
    ),
    tasksPerUser: readTasksPerUser(env),
  };
}

/** @throws with the variable's name, what was expected and what was found. */
export function readWorkerConfig(env: Environment): WorkerConfig {
  const setting = settingsOf(env);
  return {
    ...readShared(env),
    ploneWorkerUrl: url("PLONE_WORKER_URL", setting("PLONE_WORKER_URL") ?? "http://127.0.0.1:8083", [
      "http:",
      "https:",
    ]),
    concurrency: wholeNumber("TASK_CONCURRENCY", setting("TASK_CONCURRENCY") ?? "4", 1, 1000),
    tasksPerUser: readTasksPerUser(env),
    internal: readInternal(env),
  };
}

/** @throws with the variable's name, what was expected and what was found. */
export function readDeadConfig(env: Environment): SharedConfig & Pick<WorkerConfig, "tasksPerUser"> {
  return { ...readShared(env), tasksPerUser: readTasksPerUser(env) };
}

/** @throws with the variable's name, what was expected and what was found. */
export function readStackConfig(env: Environment): StackConfig {
  // What one of its processes would refuse, again and again, is refused here.
  readPloneConfig(env, "8080");
  readWorkerConfig(env);
  readPushConfig(env);
  const setting = settingsOf(env);
  const count = (name: string) => wholeNumber(name, setting(name) ?? "1", 1, MAX_PROCESSES);
  return {
    ...readShared(env),
    port: wholeNumber("PORT", setting("PORT") ?? "8080", 0, 65_535),
    host: setting("HOST") ?? "127.0.0.1",
    plones: count("PLONES"),
    ploneWorkers: count("PLONE_WORKERS"),
    workers: count("WORKERS"),
    gateways: count("GATEWAYS"),
  };
}

function readShared(env: Environment): SharedConfig {
  const setting = settingsOf(env);
  const eager = setting("ALWAYS_EAGER") ?? "false";
  if (eager !== "false") {
    throw new Error(`ALWAYS_EAGER: expected false, found ${eager} (everything in one process is npm start)`);
  }
  return {
    redisUrl: url("REDIS_URL", setting("REDIS_URL"), ["redis:", "rediss:"]),
    dataDir: resolve(setting("DATA_DIR") ?? "var"),
    secret: secret("SECRET", setting("SECRET")),
  };
}

function readInternal(env: Environment): WorkerConfig["internal"] {
  const setting = settingsOf(env);
  const port = setting("INTERNAL_PORT");
  if (port === undefined) return undefined;
  return { port: wholeNumber("INTERNAL_PORT", port, 0, 65_535), host: setting("INTERNAL_HOST") ?? "127.0.0.1" };
}

function readTasksPerUser(env: Environment): number {
  return wholeNumber("TASKS_PER_USER", settingsOf(env)("TASKS_PER_USER") ?? "2", 1, 1000);
}
