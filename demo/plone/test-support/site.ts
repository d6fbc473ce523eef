/**
 * For tests: both of Plone's instances on free ports, with a bus whose messages can be read and a queue that only
 * collects its tasks.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Audience, Bus } from "../../bus/bus.ts";
import { parsePublication } from "../../bus/entry.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import { Converter } from "../../docconv/converter.ts";
import type { Grants } from "../../grants.ts";
import { startHttp, stopHttp } from "../../http.ts";
import type { Task } from "../../tasks/task.ts";
import { createFrontend, createWorker } from "../app.ts";
import type { Content } from "../content/content.ts";
import { openSite } from "../site.ts";
import { WORKSPACE } from "../web/topics.ts";
import type { Publisher } from "../workspace/publisher.ts";
import { Visitor } from "./visitor.ts";

export const SECRET = "the secret of the test site";

export type Reader = "jane" | "joe" | "everybody" | Exclude<Audience, string>;

export interface TestSite {
  /** The frontend's URL. */
  readonly url: string;
  readonly bus: Bus;
  readonly content: Content;
  readonly grants: Grants;
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
  /** The messages published to the user, to everybody by the topic of the workspace, or to another topic, oldest first. */
  messages(reader: Reader): Promise<unknown[]>;
}

export interface SiteOptions {
  readonly maxUploadBytes?: number;
  /** As browsers would see it. */
  readonly siteOrigin?: string;
  /** Where the site's data are; by default in a folder that is removed afterwards. */
  readonly dataDir?: string;
  readonly converter?: Pick<Converter, "convert">;
  /** By default one in memory. */
  readonly bus?: Bus;
}

export async function startSite(t: TestContext, options: SiteOptions = {}): Promise<TestSite> {
  const { maxUploadBytes = 1_000_000, siteOrigin, bus = createMemoryBus() } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "plone-")));
  const log: string[] = [];
  const start = await bus.position("jane"); // every stream's, for none has anything yet
  const site = await openSite({
    dataDir,
    secret: SECRET,
    siteOrigin,
    bus,
    maxUploadBytes,
    log: (line) => log.push(line),
  });
  const { content, grants, publisher } = site;

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
  const own = new Converter({ startsAhead: false });
  const frontend = createServer(createFrontend({ ...site.frontend, queue, status }));
  const worker = createServer(createWorker({ ...site.worker, converter: options.converter ?? own }));
  const url = await startHttp(frontend, 0, "127.0.0.1");
  const workerUrl = await startHttp(worker, 0, "127.0.0.1");
  t.after(async () => {
    await Promise.all([stopHttp(frontend), stopHttp(worker)]);
    await own.close();
    await bus.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  return {
    url,
    bus,
    content,
    grants,
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
    async messages(reader) {
      const reading = await bus.read(reader === "everybody" ? WORKSPACE : reader, start);
      return reading.recovered ? reading.entries.map(({ text }) => parsePublication(text)) : [];
    },
  };
}
