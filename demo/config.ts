/**
 * The environment, read and checked once, as one typed object. Nothing else in the demo reads `process.env`.
 */
import { resolve } from "node:path";

export interface Config {
  /** TCP port of the frontend; 0 takes a free one. `PORT`, default 8080. */
  readonly port: number;
  /** The address that the frontend listens on. `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** Absolute path of the folder for content. `DATA_DIR`, default `var`. */
  readonly dataDir: string;
  /** Key of tickets and authenticators. `SECRET`; without it a random one is made and kept in the data folder. */
  readonly secret: string | undefined;
  /** Size of the largest file that is accepted. `MAX_UPLOAD`, default 50 MiB. */
  readonly maxUploadBytes: number;
}

const MIN_SECRET_CHARACTERS = 16;
const DEFAULT_MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

/** @throws with the variable's name, what was expected and what was found. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // `NAME= npm start` is how a shell unsets a variable: empty counts as not set.
  const setting = (name: string): string | undefined => env[name]?.trim() || undefined;

  const eager = setting("ALWAYS_EAGER") ?? "true";
  if (eager !== "true") {
    const why = eager === "false" ? " (the stack of separate processes over Redis is not there yet)" : "";
    throw new Error(`ALWAYS_EAGER: expected true, found ${eager}${why}`);
  }
  const secret = setting("SECRET");
  if (secret !== undefined && secret.length < MIN_SECRET_CHARACTERS) {
    throw new Error(`SECRET: expected at least ${MIN_SECRET_CHARACTERS} characters, found ${secret.length}`);
  }
  return {
    port: wholeNumber("PORT", setting("PORT") ?? "8080", 0, 65_535),
    host: setting("HOST") ?? "127.0.0.1",
    dataDir: resolve(setting("DATA_DIR") ?? "var"),
    secret,
    maxUploadBytes: wholeNumber(
      "MAX_UPLOAD",
      setting("MAX_UPLOAD") ?? String(DEFAULT_MAX_UPLOAD_BYTES),
      1,
      Number.MAX_SAFE_INTEGER,
    ),
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new Error(`${name}: expected a whole number from ${min} to ${max}, found ${text}`);
  }
  return value;
}
