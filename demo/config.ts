/**
 * The environment, read and checked once, as one typed object. Nothing else in the demo reads `process.env`.
 */
import { resolve } from "node:path";

export interface Config {
  /** TCP port of the frontend; 0 takes a free one. `PORT`, default 8080. */
  readonly port: number;
  /** The address it listens on. `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** Absolute path of the folder that keeps content. `DATA_DIR`, default `var`. */
  readonly dataDir: string;
  /** Signs tickets and authenticators. `SECRET`; without it a random one is made and kept in the data folder. */
  readonly secret: string | undefined;
  /** Largest file that is accepted, in bytes. `MAX_UPLOAD`, default 50 MiB. */
  readonly maxUpload: number;
}

const MINIMAL_SECRET = 16;

/** @throws with the variable's name, what was expected and what was found. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // `NAME= npm start` is how a shell takes a variable back: empty counts as not set.
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;

  const eager = given("ALWAYS_EAGER") ?? "true";
  if (eager !== "true") {
    const why = eager === "false" ? " (the stack of separate processes over Redis is not there yet)" : "";
    throw new Error(`ALWAYS_EAGER: expected true, found ${eager}${why}`);
  }
  const secret = given("SECRET");
  if (secret !== undefined && secret.length < MINIMAL_SECRET) {
    throw new Error(`SECRET: expected at least ${MINIMAL_SECRET} characters, found ${secret.length}`);
  }
  return {
    port: wholeNumber("PORT", given("PORT") ?? "8080", 0, 65_535),
    host: given("HOST") ?? "127.0.0.1",
    dataDir: resolve(given("DATA_DIR") ?? "var"),
    secret,
    maxUpload: wholeNumber("MAX_UPLOAD", given("MAX_UPLOAD") ?? String(50 * 1024 * 1024), 1, Number.MAX_SAFE_INTEGER),
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new Error(`${name}: expected a whole number from ${min} to ${max}, found ${text}`);
  }
  return value;
}
