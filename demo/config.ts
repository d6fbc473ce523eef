/**
 * The environment, read and checked once, as one typed object for each process. Nothing else in the demo reads
 * `process.env`.
 */
import { resolve } from "node:path";

export interface Config {
  /** TCP port of the frontend; 0 takes a free one. `PORT`, default 8080. */
  readonly port: number;
  /** The address that the frontend listens on. `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** Absolute path of the folder for content. `DATA_DIR`, default `var`. */
  readonly dataDir: string;
  /** Key of tickets, authenticators and grants of topics. `SECRET`; without it a random one is made and kept in the data folder. */
  readonly secret: string | undefined;
  /**
   * The site's origin, as browsers see it; with https the cookie is `Secure`. `SITE_URL`; without it the host that a
   * request names.
   */
  readonly siteOrigin: string | undefined;
  /** Size of the largest file that is accepted. `MAX_UPLOAD`, default 50 MiB. */
  readonly maxUploadBytes: number;
}

/** Of the gateway as a process of its own, `npm run push`. */
export interface PushConfig {
  /** TCP port for browsers; 0 takes a free one. `PORT`, default 8081. */
  readonly port: number;
  /** The address for browsers. `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** TCP port for `/metrics` and `/publish`, which no browser may reach; 0 takes a free one. `INTERNAL_PORT`, default 8082. */
  readonly internalPort: number;
  /** `INTERNAL_HOST`, default 127.0.0.1. */
  readonly internalHost: string;
  /** Whoever knows it may publish to anybody. `PUBLISH_SECRET`; without it nobody may over HTTP. */
  readonly publishSecret: string | undefined;
  /** Plone's, to check with it which topics a page may listen to. `SECRET`; without it no page may to any. */
  readonly secret: string | undefined;
  /** `REDIS_URL`, which has no default. */
  readonly redisUrl: string;
  /** Where Plone is asked whose cookie it is. `PLONE_URL`, default `http://127.0.0.1:8080`. */
  readonly ploneUrl: string;
  /** Origins of our pages. `ALLOWED_ORIGINS`, separated by spaces; without it the request's own `Host`. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** `MAX_SOCKETS_PER_USER`, default 100. */
  readonly maxSocketsPerUser: number;
  /** The longest time until an open socket is closed after its session has ended, in milliseconds. `RECHECK_SECONDS`, default 15. */
  readonly recheckMs: number;
}

const MIN_SECRET_CHARACTERS = 16;
export const DEFAULT_MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws with the variable's name, what was expected and what was found. */
export function readConfig(env: Environment): Config {
  const setting = settingsOf(env);
  const eager = setting("ALWAYS_EAGER") ?? "true";
  if (eager !== "true") {
    const why = eager === "false" ? " (separate processes over Redis are started with npm run stack)" : "";
    throw new Error(`ALWAYS_EAGER: expected true, found ${eager}${why}`);
  }
  return {
    port: wholeNumber("PORT", setting("PORT") ?? "8080", 0, 65_535),
    host: setting("HOST") ?? "127.0.0.1",
    dataDir: resolve(setting("DATA_DIR") ?? "var"),
    secret: secret("SECRET", setting("SECRET")),
    siteOrigin: siteOrigin(setting("SITE_URL")),
    maxUploadBytes: wholeNumber(
      "MAX_UPLOAD",
      setting("MAX_UPLOAD") ?? String(DEFAULT_MAX_UPLOAD_BYTES),
      1,
      Number.MAX_SAFE_INTEGER,
    ),
  };
}

/** @throws with the variable's name, what was expected and what was found. */
export function readPushConfig(env: Environment): PushConfig {
  const setting = settingsOf(env);
  return {
    port: wholeNumber("PORT", setting("PORT") ?? "8081", 0, 65_535),
    host: setting("HOST") ?? "127.0.0.1",
    internalPort: wholeNumber("INTERNAL_PORT", setting("INTERNAL_PORT") ?? "8082", 0, 65_535),
    internalHost: setting("INTERNAL_HOST") ?? "127.0.0.1",
    secret: secret("SECRET", setting("SECRET")),
    publishSecret: secret("PUBLISH_SECRET", setting("PUBLISH_SECRET")),
    redisUrl: url("REDIS_URL", setting("REDIS_URL"), ["redis:", "rediss:"]),
    ploneUrl: url("PLONE_URL", setting("PLONE_URL") ?? "http://127.0.0.1:8080", ["http:", "https:"]),
    allowedOrigins: setting("ALLOWED_ORIGINS")
      ?.split(/[\s,]+/)
      .map((text) => origin("ALLOWED_ORIGINS", text)),
    maxSocketsPerUser: wholeNumber("MAX_SOCKETS_PER_USER", setting("MAX_SOCKETS_PER_USER") ?? "100", 1, 1_000_000),
    recheckMs: 1000 * wholeNumber("RECHECK_SECONDS", setting("RECHECK_SECONDS") ?? "15", 1, 86_400),
  };
}

// `NAME= npm start` is how a shell unsets a variable: empty counts as not set.
export function settingsOf(env: Environment): (name: string) => string | undefined {
  return (name) => env[name]?.trim() || undefined;
}

export function secret(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text.length >= MIN_SECRET_CHARACTERS) return text;
  throw new Error(`${name}: expected at least ${MIN_SECRET_CHARACTERS} characters, found ${text.length}`);
}

/** A URL may contain a password: what was found is not shown. */
export function url(name: string, text: string | undefined, protocols: readonly string[]): string {
  const expected = `expected a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
  if (text === undefined) throw new Error(`${name}: ${expected}, found nothing`);
  if (!URL.canParse(text)) throw new Error(`${name}: ${expected}, found no URL`);
  const { protocol, hostname } = new URL(text);
  if (!protocols.includes(protocol)) throw new Error(`${name}: ${expected}, found ${protocol}//`);
  if (hostname === "") throw new Error(`${name}: ${expected} and a host, found none`);
  return text;
}

export function siteOrigin(text: string | undefined): string | undefined {
  return text === undefined ? undefined : origin("SITE_URL", text);
}

function origin(name: string, text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new Error(`${name}: expected origins like https://plone.example.org, found ${text}`);
}

export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new Error(`${name}: expected a whole number from ${min} to ${max}, found ${text}`);
  }
  return value;
}
