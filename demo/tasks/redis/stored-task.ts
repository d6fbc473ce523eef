/** A task as it is in Redis: what may be read, and what is sealed. The only parser of both. */
import type { Task } from "../task.ts";

type Readable = Pick<Task, "name" | "url" | "user" | "cost" | "version">;

export interface StoredTask extends Readable {
  /** What it does: equal for equal tasks. */
  readonly same: string;
  /** The task with its form and cookie. */
  readonly sealed: string;
}

/** @throws when it is no task. */
export function parseStored(json: string): StoredTask {
  const value: unknown = JSON.parse(json);
  return { ...readable(value), same: text(value, "same"), sealed: text(value, "sealed") };
}

/** @throws when it is no task. */
export function parseTask(json: string): Task {
  return toTask(JSON.parse(json));
}

function toTask(value: unknown): Task {
  const rest = field(value, "rest");
  const form = Object.entries(record(field(value, "form")));
  return {
    ...readable(value),
    cookie: text(value, "cookie"),
    form: Object.fromEntries(form.map(([name, content]) => [name, String(content)])),
    ...(rest === undefined ? {} : { rest: toTask(rest) }),
  };
}

function readable(value: unknown): Readable {
  const version = field(value, "version");
  return {
    name: text(value, "name"),
    url: text(value, "url"),
    user: text(value, "user"),
    cost: number(value, "cost"),
    ...(version === undefined ? {} : { version: number(value, "version") }),
  };
}

function number(value: unknown, name: string): number {
  const found = field(value, name);
  if (typeof found === "number") return found;
  throw new Error(`task.${name}: expected a number, found ${typeof found}`);
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  if (typeof found === "string") return found;
  throw new Error(`task.${name}: expected a string, found ${typeof found}`);
}

function field(value: unknown, name: string): unknown {
  return Object.entries(record(value)).find(([key]) => key === name)?.[1];
}

function record(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new Error(`task: expected an object, found ${typeof value}`);
}
