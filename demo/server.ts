/**
 * The whole demo in one process: Plone's two instances, the gateway, the bus and the queue, composed and started.
 *
 * Creating it has no effect; everything happens in `listen` and is undone by `close`.
 */
import { createServer } from "node:http";
import { createMemoryBus } from "./bus/memory.ts";
import type { Config } from "./config.ts";
import { startHttp, stopHttp } from "./http.ts";
import { createFrontend, createWorker } from "./plone/app.ts";
import { Authenticators } from "./plone/authenticator.ts";
import { Content } from "./plone/content.ts";
import { findInterrupted, giveUp, giveUpInterrupted } from "./plone/generate-previews.ts";
import { Notifications } from "./plone/notifications.ts";
import { Publisher } from "./plone/publish.ts";
import { deriveKey, keptSecret } from "./plone/secret.ts";
import { Session } from "./plone/session.ts";
import { RevokedTickets, Tickets } from "./plone/ticket.ts";
import { createGateway, type GatewayOptions } from "./push/gateway.ts";
import { createIdentity } from "./push/identity.ts";
import { EagerQueue } from "./tasks/eager.ts";

export interface Demo {
  /**
   * Start everything. Resolves to the frontend's URL, e.g. `http://127.0.0.1:8080/`, when it can be used. When it rejects,
   * `close` undoes what had been started before.
   */
  listen(): Promise<string>;
  /** Stop everything: finish what is running, accept no more. Safe to call twice. */
  close(): Promise<void>;
}

/** For tests that do not want to wait for the defaults. */
export interface Timings extends Pick<GatewayOptions, "recheck" | "heartbeat" | "patience"> {
  /** Over how many milliseconds browsers are told to come back when the demo ends. Default 1000. */
  readonly spread?: number;
}

export function createDemo(
  config: Config,
  log: (line: string) => void,
  { spread = 1_000, ...timings }: Timings = {},
): Demo {
  /** What has been started, with its stop. */
  const stops: (() => Promise<void>)[] = [];
  let starting: Promise<string> | undefined;
  let closing: Promise<void> | undefined;

  async function start(): Promise<string> {
    const bus = createMemoryBus();
    stops.push(() => bus.close());
    const secret = config.secret ?? (await keptSecret(config.dataDir));
    const tickets = new Tickets(deriveKey(secret, "ticket"));
    const authenticators = new Authenticators(deriveKey(secret, "authenticator"));
    const content = await Content.open(config.dataDir, log);
    const notifications = await Notifications.open(content, config.dataDir);
    const publisher = new Publisher(bus);
    const services = { content, notifications, bus, publisher, maxUpload: config.maxUpload, log };
    const interrupted = await findInterrupted(content);

    // The worker instance: a port of its own, on this machine only, that nobody is told but the queue.
    const worker = createServer(createWorker({ ...services, session: new Session(tickets, authenticators) }));
    const workerUrl = await startHttp(worker, 0, "127.0.0.1");
    stops.push(() => stopHttp(worker));
    const queue = new EagerQueue({ worker: workerUrl, onDead: (task) => giveUp(task, content, publisher), log });
    stops.push(() => queue.close());

    // The gateway has to know the frontend's address, so that is taken first. Up to here everything may wait; from here on
    // nothing does, so no request can arrive before there is someone to answer it.
    const web = createServer();
    const url = await startHttp(web, config.port, config.host);
    stops.push(() => stopHttp(web));
    const gateway = createGateway({ ...timings, bus, whoami: createIdentity({ ploneUrl: url }), log });
    stops.push(() => gateway.close({ within: spread }));
    const session = new Session(tickets, authenticators, new RevokedTickets());
    const status = () => ({ mode: "eager", sockets: gateway.connections, tasks: queue.counts });
    gateway.attach(web);
    const frontend = createFrontend({ ...services, session, queue, status });
    web.on("request", (request, response) => gateway.middleware(request, response, () => frontend(request, response)));

    // Only now: had the port been taken, these might be in the hands of the process that has it.
    await giveUpInterrupted(interrupted, content, publisher);
    return url;
  }

  async function stop(): Promise<void> {
    await starting?.catch(() => {});
    // What was started last leans on what was started before.
    for (const undo of stops.splice(0).reverse()) await undo();
  }

  return {
    async listen() {
      if (closing) throw new Error("listen: expected a demo that has not been closed, found one that has");
      starting ??= start();
      return starting;
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
}
