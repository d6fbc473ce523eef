/** When two tasks are equal: what they do is done once. */
import { createHash } from "node:crypto";
import type { Task } from "./task.ts";

/** What a task does, and for whom. Its authenticator and its cookie are not part of that. */
export function equality({ name, url, user, form }: Task): string {
  const fields = Object.entries(form).filter(([field]) => field !== "_authenticator");
  return createHash("sha256")
    .update(JSON.stringify([name, url, user, fields.sort()]))
    .digest("base64url");
}
