/**
 * A task's HTTP POST: to the Plone worker instance and nowhere else, as the task's user.
 *
 * Knows nothing of queues. Says of each failure whether it may pass. Never logs a cookie.
 */
import type { Task } from "./task.ts";

/** Well above the conversion's own limit. */
const DEFAULT_TIMEOUT_MS = 5 * 60 * 1000;

/**
 * - `never`: it will be the same again.
 * - `few`: the view has failed; perhaps it does not the next time.
 * - `many`: nobody has answered, or whoever did is not ready yet.
 */
export type Retry = "never" | "few" | "many";

export class TaskError extends Error {
  readonly retry: Retry;

  constructor(retry: Retry, message: string, options?: ErrorOptions) {
    super(message, options);
    this.retry = retry;
  }
}

export interface PostOptions {
  /** The Plone worker instance, e.g. `http://127.0.0.1:8083`. */
  readonly workerUrl: string;
  /** The time after which a running task counts as failed. Default five minutes. */
  readonly timeoutMs?: number | undefined;
}

/**
 * @returns the answer's status, a success.
 * @throws {TaskError}
 */
export async function post({ name, url, form, cookie }: Task, options: PostOptions): Promise<number> {
  const { workerUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const response = await fetch(onWorker(url, workerUrl), {
    method: "POST",
    headers: { Cookie: cookie, "X-Task-Name": name },
    body: new URLSearchParams(form),
    // A redirect leads to a login page; following it would look like success.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new TaskError(isTimeout(cause) ? "few" : "many", reasonOf(cause), { cause });
  });
  const { ok, status, headers } = response;
  const type = headers.get("Content-Type") ?? "";
  try {
    // A worker instance that dies has sent the status already, perhaps, and not the rest.
    await response.arrayBuffer();
  } catch (cause) {
    throw new TaskError("many", reasonOf(cause), { cause });
  }
  if (!ok) throw new TaskError(retryOf(status), `expected status 200, found ${status}`);
  // Plone's "unauthorized" as a page: the login form, with status 200.
  if (type.startsWith("text/html")) throw new TaskError("never", "expected an answer to a task, found a page of HTML");
  return status;
}

/** The cookie is for the worker instance alone, whatever stands in the queue. */
function onWorker(path: string, workerUrl: string): URL {
  const { origin } = new URL(workerUrl);
  const url = path.startsWith("/") && URL.canParse(path, workerUrl) ? new URL(path, workerUrl) : undefined;
  if (url?.origin === origin) return url;
  throw new TaskError("never", `expected a path on the worker instance, found ${JSON.stringify(path.slice(0, 100))}`);
}

function retryOf(status: number): Retry {
  if ([408, 429, 502, 503, 504].includes(status)) return "many";
  return status >= 500 ? "few" : "never";
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
