/**
 * The whole stack on one machine: each process as often as wanted, started again when it dies, behind one address. In
 * production supervisor and nginx do this: examples/.
 */
import { createServer } from "node:http";
import { connectRedisBus } from "../bus/redis.ts";
import { createWebServer, startHttp, stopHttp } from "../http.ts";
import { keptSecret } from "../plone/accounts/secret.ts";
import { Child, type Role } from "./child.ts";
import type { StackConfig } from "./config.ts";
import { type Log, type Running, running } from "./parts.ts";
import { Pool } from "./pool.ts";
import { proxyRequests } from "./proxy.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws when Redis cannot be used or the port is taken; then nothing is left running. */
export function startStack(config: StackConfig, env: Environment, log: Log): Promise<Running> {
  return running(async (stops) => {
    // One clear error instead of one from each process, again and again.
    await (await connectRedisBus({ url: config.redisUrl, log })).close();
    const secret = config.secret ?? (await keptSecret(config.dataDir));

    const pools = { plone: new Pool(), "plone-worker": new Pool(), push: new Pool(), worker: new Pool() };
    const web = createWebServer();
    proxyRequests(web, (path) => publicly(path, pools), log);
    const url = await startHttp(web, config.port, config.host);
    stops.add(() => stopHttp(web));
    const tasks = createServer();
    proxyRequests(tasks, () => ({ pool: pools["plone-worker"] }), log);
    const tasksUrl = await startHttp(tasks, 0, "127.0.0.1");
    stops.add(() => stopHttp(tasks));

    const shared = {
      ...env,
      ALWAYS_EAGER: "false",
      DATA_DIR: config.dataDir,
      // The gateway has no data folder, and checks grants of topics with it.
      SECRET: secret,
      HOST: "127.0.0.1",
      PORT: "0",
      INTERNAL_PORT: "0",
      PLONE_URL: url,
      PLONE_WORKER_URL: tasksUrl,
    };
    const start = (role: Role, count: number) => {
      for (let number = 1; number <= count; number += 1) {
        const onChange = (at: string | undefined) => pools[role].set(number, at);
        const child = new Child({ role, number, env: shared, log, onChange });
        stops.add(() => child.stop());
      }
      return pools[role].full(count);
    };
    // Stopped in reverse: workers finish what they do while Plone's worker instance is there.
    await Promise.all([
      start("plone", config.plones),
      start("push", config.gateways),
      start("plone-worker", config.ploneWorkers),
      start("worker", config.workers),
    ]);
    return url;
  });
}

function publicly(path: string, pools: Readonly<Record<"plone" | "push", Pool>>) {
  if (!/^\/push(?=[/?]|$)/.test(path)) return { pool: pools.plone };
  // SockJS: /push/<server>/<session>/<transport>. The requests of one session are one gateway's.
  return { pool: pools.push, session: /^\/push\/[^/]+\/([^/]+)\//.exec(path)?.[1] };
}
