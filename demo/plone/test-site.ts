/**
 * For tests: both of Plone's instances on free ports, with a bus to listen to and a queue that only collects its tasks; and
 * visitors, who do what a browser without JavaScript would do.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Bus } from "../bus/bus.ts";
import { createMemoryBus } from "../bus/memory.ts";
import { startHttp, stopHttp } from "../http.ts";
import type { Task } from "../tasks/task.ts";
import { createFrontend, createWorker } from "./app.ts";
import { Authenticators } from "./authenticator.ts";
import { Content } from "./content.ts";
import { Notifications } from "./notifications.ts";
import { Publisher } from "./publish.ts";
import { deriveKey } from "./secret.ts";
import { Session } from "./session.ts";
import { RevokedTickets, Tickets } from "./ticket.ts";

export const SECRET = "the secret of the test site";

export interface Site {
  /** The frontend's URL. */
  readonly url: string;
  readonly bus: Bus;
  readonly content: Content;
  readonly publisher: Publisher;
  readonly log: readonly string[];
  /** The tasks that have been queued. */
  readonly tasks: readonly Task[];
  /** The next task that nobody has waited for yet. */
  nextTask(): Promise<Task>;
  /** Post the task to the worker instance, as a queue would, with changes as the test wants them. */
  perform(task: Task, headers?: Readonly<Record<string, string>>): Promise<Response>;
  visitor(): Visitor;
  /** A visitor who has logged in; the password is the name. */
  logIn(name: string): Promise<Visitor>;
  /** What has been sent to the user, oldest first. */
  messages(user: string): Promise<unknown[]>;
}

export async function startSite(t: TestContext, { maxUpload = 1_000_000 } = {}): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), "plone-"));
  const log: string[] = [];
  const say = (line: string): void => void log.push(line);
  const bus = createMemoryBus();
  const start = { jane: await bus.position("jane"), joe: await bus.position("joe") };
  const content = await Content.open(dataDir, say);
  const publisher = new Publisher(bus);
  const notifications = await Notifications.open(content, dataDir);
  const services = { content, notifications, bus, publisher, maxUpload, log: say };
  const tickets = new Tickets(deriveKey(SECRET, "ticket"));
  const authenticators = new Authenticators(deriveKey(SECRET, "authenticator"));

  const tasks: Task[] = [];
  const readers: ((task: Task) => void)[] = [];
  let handedOut = 0;
  const queue = {
    enqueue: async (task: Task) => {
      tasks.push(task);
      readers.shift()?.(task);
    },
    close: async () => {},
  };

  const session = new Session(tickets, authenticators, new RevokedTickets());
  const frontend = createServer(createFrontend({ ...services, session, queue, status: () => ({ mode: "test" }) }));
  const worker = createServer(createWorker({ ...services, session: new Session(tickets, authenticators) }));
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

export class Visitor {
  /** As sent with every request. */
  cookie = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<Response> {
    return await this.#fetch(path, {});
  }

  /** The body of a page that is expected to be there. */
  async read(path: string): Promise<string> {
    const response = await this.get(path);
    if (response.status !== 200) throw new Error(`${path}: expected status 200, found ${response.status}`);
    return await response.text();
  }

  async post(
    path: string,
    body: Readonly<Record<string, string>> | FormData,
    more: HeadersInit = {},
  ): Promise<Response> {
    const headers = new Headers(more);
    return await this.#fetch(path, {
      method: "POST",
      headers,
      body: body instanceof FormData ? body : new URLSearchParams(body),
    });
  }

  async logIn(name: string, password = name, cameFrom?: string): Promise<Response> {
    const response = await this.post("/login", {
      __ac_name: name,
      __ac_password: password,
      ...(cameFrom === undefined ? {} : { came_from: cameFrom }),
    });
    this.cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? this.cookie;
    return response;
  }

  /** The authenticator in the forms of the workspace. */
  async authenticator(): Promise<string> {
    const token = /name="_authenticator" value="([0-9a-f]+)"/.exec(await this.read("/workspace"))?.[1];
    if (token === undefined) throw new Error("expected an authenticator in the workspace, found none");
    return token;
  }

  /** Send the upload form. `field` and `authenticator` are what the form says unless the test wants them otherwise. */
  async upload(
    file: { readonly name: string; readonly content: string | Uint8Array<ArrayBuffer> } | undefined,
    options: { readonly isPrivate?: boolean; readonly field?: string; readonly authenticator?: string } = {},
  ): Promise<Response> {
    const form = new FormData();
    form.set("_authenticator", options.authenticator ?? (await this.authenticator()));
    if (file) form.set(options.field ?? "file", new Blob([file.content]), file.name);
    if (options.isPrivate) form.set("private", "on");
    return await this.post("/workspace/@@upload", form);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("Cookie", this.cookie);
    return await fetch(new URL(path, this.#url), { ...init, headers, redirect: "manual" });
  }
}
