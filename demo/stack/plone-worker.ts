/** Plone's worker instance as a process of its own: it does tasks, and no browser may reach it. Several may run. */
import { createServer } from "node:http";
import { connectRedisBus } from "../bus/redis.ts";
import { Converter } from "../docconv/converter.ts";
import { startHttp, stopHttp } from "../http.ts";
import { keptSecret } from "../plone/accounts/secret.ts";
import { createWorker } from "../plone/app.ts";
import { openSite } from "../plone/site.ts";
import type { PloneConfig } from "./config.ts";
import { type Log, type Running, running } from "./parts.ts";

/** @throws when Redis cannot be used or the port is taken; then nothing is left running. */
export function startPloneWorker(config: PloneConfig, log: Log): Promise<Running> {
  return running(async (stops) => {
    const { dataDir, maxUploadBytes, port, host, redisUrl } = config;
    const bus = await connectRedisBus({ url: redisUrl, log });
    stops.add(() => bus.close());
    const secret = config.secret ?? (await keptSecret(dataDir));
    const { worker } = await openSite({ dataDir, secret, bus, maxUploadBytes, log });
    const converter = new Converter({ log });
    stops.add(() => converter.close());
    const web = createServer(createWorker({ ...worker, converter }));
    const url = await startHttp(web, port, host);
    stops.add(() => stopHttp(web));
    // Whoever comes first should not wait for a converter to start. Where none can be started, each document says so.
    converter.prepare().catch((error: unknown) => log(`converter: ${error}`));
    return url;
  });
}
