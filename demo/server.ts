/**
 * The whole demo in one process: Plone's two instances, the gateway, the bus and the task queue, composed and started.
 *
 * Creating it has no effect; everything happens in `listen`, and `close` undoes it. Each part is created from what it
 * depends on, so that another composition can put the same parts into processes of their own.
 */
import { createServer } from "node:http";
import { createMemoryBus } from "./bus/memory.ts";
import type { Config } from "./config.ts";
import { Converter } from "./docconv/converter.ts";
import { defaultLimits } from "./docconv/limits.ts";
import { createWebServer, startHttp, stopHttp } from "./http.ts";
import { keptSecret } from "./plone/accounts/secret.ts";
import { createFrontend, createWorker } from "./plone/app.ts";
import { openSite } from "./plone/site.ts";
import { abandonInterrupted, abandonTask, findInterrupted } from "./plone/workspace/preview-task.ts";
import { createIdentity } from "./push/door/identity.ts";
import { createGateway, type GatewayOptions } from "./push/gateway.ts";
import { EagerQueue } from "./tasks/eager.ts";

export interface Demo {
  /**
   * Starts everything. Resolves to the frontend's URL, e.g. `http://127.0.0.1:8080/`, when it can be used. When it
   * rejects, `close` stops what had been started.
   */
  listen(): Promise<string>;
  /** Stops everything: what is running is finished, nothing more is accepted. Safe to call twice. */
  close(): Promise<void>;
}

/** For tests that do not want to wait for the defaults. */
export interface Timings extends Pick<GatewayOptions, "recheckMs" | "heartbeatMs" | "resumeTimeoutMs"> {
  /** The time over which browsers are told to come back when the demo ends. Default 1000. */
  readonly spreadMs?: number;
  /** The time that a conversion is given. Default 60,000. */
  readonly conversionTimeoutMs?: number;
  /** Whether a converter is started ahead of each document. Default true. */
  readonly startsAhead?: boolean;
}

export function createDemo(
  config: Config,
  log: (line: string) => void,
  { spreadMs = 1_000, conversionTimeoutMs = defaultLimits.timeout, startsAhead = true, ...timings }: Timings = {},
): Demo {
  /** One stop for each part that has been started. */
  const stops: (() => Promise<void>)[] = [];
  let starting: Promise<string> | undefined;
  let closing: Promise<void> | undefined;

  async function start(): Promise<string> {
    const { dataDir, siteOrigin, maxUploadBytes } = config;
    const bus = createMemoryBus();
    stops.push(() => bus.close());
    const secret = config.secret ?? (await keptSecret(dataDir));
    const { content, publisher, grants, ...site } = await openSite({
      dataDir,
      secret,
      siteOrigin,
      bus,
      maxUploadBytes,
      log,
    });
    const interrupted = await findInterrupted(content);

    // The worker instance has a port of its own, on this machine only, that only the queue knows.
    const converter = new Converter({ log, limits: { timeout: conversionTimeoutMs }, startsAhead });
    stops.push(() => converter.close());
    const worker = createServer(createWorker({ ...site.worker, converter }));
    const workerUrl = await startHttp(worker, 0, "127.0.0.1");
    stops.push(() => stopHttp(worker));
    const queue = new EagerQueue({ workerUrl, onDead: (task) => abandonTask(task, content, publisher), log });
    stops.push(() => queue.close());

    // The gateway needs the frontend's URL, so the port is taken first. From here to the last handler nothing is
    // awaited, so no request can arrive before its handler is there.
    const web = createWebServer();
    const url = await startHttp(web, config.port, config.host);
    stops.push(() => stopHttp(web));
    const gateway = createGateway({ ...timings, bus, grants, whoami: createIdentity({ ploneUrl: url }), log });
    stops.push(() => gateway.close({ spreadMs }));
    const status = async () => ({ mode: "eager", sockets: gateway.connections, tasks: await queue.counts() });
    gateway.attach(web);
    const frontend = createFrontend({
      ...site.frontend,
      queue,
      status,
      loggedOut: (cookie) => gateway.loggedOut(cookie),
    });
    web.on("request", (request, response) => gateway.middleware(request, response, () => frontend(request, response)));

    // Only with the port taken: otherwise another process may own these documents and be converting them.
    await abandonInterrupted(interrupted, content, publisher);
    // Whoever comes first should not wait for a converter to start. Where none can be started, each document says so.
    if (startsAhead) converter.prepare().catch((error: unknown) => log(`converter: ${error}`));
    return url;
  }

  async function stop(): Promise<void> {
    await starting?.catch(() => {});
    // Each part depends on parts that were started before it.
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
