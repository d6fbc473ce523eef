/**
 * For tests: both of Plone's instances on free ports, with a bus whose messages can be read and a queue that only
 * collects its tasks.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Bus } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import { startHttp, stopHttp } from "../../http.ts";
import type { Task } from "../../tasks/task.ts";
import { createFrontend, createWorker } from "../app.ts";
import type { Content } from "../content/content.ts";
import { openSite } from "../site.ts";
import type { Publisher } from "../workspace/publisher.ts";
import { Visitor } from "./visitor.ts";

export const SECRET = "the secret of the test site";

export interface TestSite {
  /** The frontend's URL. */
  readonly url: string;
  readonly bus: Bus;
  readonly content: Content;
  readonly publisher: Publisher;
  readonly log: readonly string[];
  /** The tasks that have been queued. */
  readonly tasks: readonly Task[];
  /** The next task that no call has returned yet. */
  nextTask(): Promise<Task>;
  /** Posts the task to the worker instance, as a queue does; `headers` replace its own. */
  perform(task: Task, headers?: Readonly<Record<string, string>>): Promise<Response>;
  visitor(): Visitor;
  /** A visitor who has logged in; the password is the name. */
  logIn(name: string): Promise<Visitor>;
  /** The messages published to the user, oldest first. */
  messages(user: string): Promise<unknown[]>;
}

export async function startSite(t: TestContext, { maxUploadBytes = 1_000_000 } = {}): Promise<TestSite> {
  const dataDir = await mkdtemp(join(tmpdir(), "plone-"));
  const log: string[] = [];
  const bus = createMemoryBus();
  const start = { jane: await bus.position("jane"), joe: await bus.position("joe") };
  const site = await openSite({ dataDir, secret: SECRET, bus, maxUploadBytes, log: (line) => log.push(line) });
  const { content, publisher } = site;

  const tasks: Task[] = [];
  const readers: ((task: Task) => void)[] = [];
  let handedOut = 0;
  const queue = {
    enqueue: async (task: Task) => {
      tasks.push(task);
      readers.shift()?.(task);
    },
  };

  const status = async () => ({ mode: "test" });
  const frontend = createServer(createFrontend({ ...site.frontend, queue, status }));
  const worker = createServer(createWorker(site.worker));
  const url = await startHttp(frontend, 0, "127.0.0.1");
  const workerUrl = await startHttp(worker, 0, "127.0.0.1");
  t.after(async () => {
    await Promise.all([stopHttp(frontend), stopHttp(worker)]);
    await bus.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  return {
    url,
    bus,
    content,
    publisher,
    log,
    tasks,
    nextTask() {
      const task = tasks[handedOut];
      handedOut += 1;
      return task ? Promise.resolve(task) : new Promise((resolve) => readers.push(resolve));
    },
    perform: ({ name, url: path, form, cookie }, headers = {}) =>
      fetch(new URL(path, workerUrl), {
        method: "POST",
        headers: { Cookie: cookie, "X-Task-Name": name, ...headers },
        body: new URLSearchParams(form),
        redirect: "manual",
      }),
    visitor: () => new Visitor(url),
    async logIn(name) {
      const visitor = new Visitor(url);
      await visitor.logIn(name);
      return visitor;
    },
    async messages(user) {
      const reading = await bus.read(user, user === "joe" ? start.joe : start.jane);
      return reading.recovered ? reading.entries.map(({ message }) => message) : [];
    },
  };
}
