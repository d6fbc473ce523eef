/** Plone's frontend as a process of its own. Several may share one data folder, one secret and one Redis. */
import type { RedisBus } from "../bus/redis.ts";
import { createWebServer, startHttp, stopHttp } from "../http.ts";
import { createFrontend } from "../plone/app.ts";
import { openSite } from "../plone/site.ts";
import type { Status } from "../plone/workspace/async-status.ts";
import type { RedisQueue } from "../tasks/redis/queue.ts";
import type { PloneConfig } from "./config.ts";
import { type Log, openParts, type Running, running } from "./parts.ts";

/** @throws when Redis cannot be used or the port is taken; then nothing is left running. */
export function startPlone(config: PloneConfig, log: Log): Promise<Running> {
  return running(async (stops) => {
    const { bus, queue, outbox, secret } = await openParts(config, stops, log);
    const { dataDir, siteOrigin, maxUploadBytes, port, host } = config;
    const { frontend } = await openSite({ dataDir, secret, siteOrigin, bus, maxUploadBytes, log });
    const web = createWebServer(createFrontend({ ...frontend, queue, outbox, status: statusOf(bus, queue) }));
    const url = await startHttp(web, port, host);
    stops.add(() => stopHttp(web));
    return url;
  });
}

function statusOf(bus: RedisBus, queue: RedisQueue): Status {
  return async () => {
    if (!bus.isUp) return { mode: "redis", redis: "down" };
    const socketsByGateway = (await bus.gateways()).map(({ sockets }) => sockets).sort((a, b) => b - a);
    return {
      mode: "redis",
      redis: "up",
      gateways: socketsByGateway.length,
      sockets: socketsByGateway.reduce((sum, sockets) => sum + sockets, 0),
      socketsByGateway,
      workers: await queue.workers(),
      tasks: await queue.counts(),
    };
  };
}
