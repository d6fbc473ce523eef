/**
 * The gateway as a process of its own: for browsers on one port, for metrics and back ends on another. Several may run on
 * one Redis.
 */
import { createServer } from "node:http";
import { BEAT_MS } from "../bus/redis/presence.ts";
import { connectRedisBus } from "../bus/redis.ts";
import type { PushConfig } from "../config.ts";
import { GRANTS_PURPOSE, Grants } from "../grants.ts";
import { startHttp, stopHttp } from "../http.ts";
import { deriveKey } from "../secret.ts";
import { createIdentity } from "./door/identity.ts";
import { createGateway } from "./gateway.ts";
import { createInternal } from "./internal/app.ts";
import { Metrics } from "./internal/metrics.ts";
import { sayPresence } from "./internal/presence.ts";

export interface PushServer {
  /** For browsers, e.g. `http://127.0.0.1:8081/`. */
  readonly url: string;
  readonly internalUrl: string;
  /** Closes the sockets, spread over time, and stops. Safe to call twice. */
  close(): Promise<void>;
}

/** The time over which browsers are told to come back. */
const SPREAD_MS = 1000;

/** @throws when Redis cannot be used or a port is taken; then nothing is left running. */
export async function startPush(config: PushConfig, log: (line: string) => void): Promise<PushServer> {
  const stops: (() => Promise<void>)[] = [];
  // Each part depends on parts that were started before it.
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const bus = await connectRedisBus({ url: config.redisUrl, log });
    stops.push(() => bus.close());

    const metrics = new Metrics();
    const internal = createServer(createInternal({ bus, secret: config.publishSecret, metrics, log }));
    const internalUrl = await startHttp(internal, config.internalPort, config.internalHost);
    stops.push(() => stopHttp(internal));

    const { allowedOrigins, maxSocketsPerUser, recheckMs, secret } = config;
    const grants = secret === undefined ? undefined : new Grants(deriveKey(secret, GRANTS_PURPOSE));
    const whoami = createIdentity({ ploneUrl: config.ploneUrl });
    const { meter } = metrics;
    const gateway = createGateway({
      bus: metrics.measure(bus),
      whoami,
      grants,
      allowedOrigins,
      maxSocketsPerUser,
      recheckMs,
      meter,
      log,
    });
    metrics.observe({
      sockets: () => gateway.connections,
      users: () => gateway.users,
      isRedisUp: () => bus.isUp,
    });
    const web = createServer((request, response) =>
      gateway.middleware(request, response, () => response.writeHead(404).end("the gateway is at /push\n")),
    );
    gateway.attach(web);
    const url = await startHttp(web, config.port, config.host);
    stops.push(() => stopHttp(web));
    stops.push(
      sayPresence({
        say: (name) => bus.beat(name, { sockets: gateway.connections }),
        leave: (name) => bus.leave(name),
        isRedisUp: () => bus.isUp,
        intervalMs: BEAT_MS,
      }),
    );
    stops.push(() => gateway.close({ spreadMs: SPREAD_MS }));
    return { url, internalUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}
