/**
 * One server of the load run, in a process of its own: sockjs-node alone, which knows its users by their cookie's place in
 * a list and nothing else, or the gateway over a bus.
 */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import sockjs, { type Connection } from "sockjs";
import type { Bus } from "../../demo/bus/bus.ts";
import { createMemoryBus } from "../../demo/bus/memory.ts";
import { connectRedisBus } from "../../demo/bus/redis.ts";
import type { Whoami } from "../../demo/push/door/identity.ts";
import { createGateway } from "../../demo/push/gateway.ts";
import { type ServerAnswer, type ServerOrder, TOPIC } from "./messages.ts";

const [kind, redisUrl = ""] = process.argv.slice(2);
const answer = (it: ServerAnswer) => process.send?.(it);
/** The browsers of this run do not answer pings. */
const NEVER_MS = 60 * 60 * 1000;
const log = (line: string) => process.stderr.write(`${line}\n`);
const message = (round: number) => ({ type: "inject", url: `/workspace/4f2a/@@preview-snippet?${round}` }) as const;

/** Sends one message to each user, or one to all. */
interface Rounds {
  each(users: number, round: number): Promise<void>;
  all(round: number): Promise<void>;
}

function startBare(server: Server): Rounds {
  const connections: Connection[] = [];
  const endpoint = sockjs.createServer({ prefix: "/push", heartbeat_delay: NEVER_MS, log: () => {} });
  endpoint.on("connection", (connection) => {
    connections.push(connection);
    connection.on("data", () =>
      connection.write(JSON.stringify({ type: "welcome", position: "0-0", recovered: true })),
    );
  });
  endpoint.installHandlers(server);
  return {
    each: async (users, round) => {
      for (const connection of connections.slice(0, users)) {
        connection.write(JSON.stringify({ ...message(round), id: `${Date.now()}-0` }));
      }
    },
    all: async (round) => {
      const text = JSON.stringify({ ...message(round), topic: TOPIC, id: `${Date.now()}-0` });
      for (const connection of connections) connection.write(text);
    },
  };
}

function startGateway(server: Server, bus: Bus): Rounds {
  const grants = { verify: (topic: string) => ({ topic, expires: Number.POSITIVE_INFINITY }) };
  const whoami: Whoami = async (cookie, { fresh = false } = {}) => {
    if (fresh) questions += 1;
    return cookie?.split("=")[1] ?? null;
  };
  const gateway = createGateway({ bus, whoami, grants, heartbeatMs: NEVER_MS, log });
  server.on("request", (request, response) => gateway.middleware(request, response, () => response.end()));
  gateway.attach(server);
  return {
    each: async (users, round) => {
      await Promise.all(Array.from({ length: users }, (_, n) => bus.publish(`u${n}`, message(round))));
    },
    all: async (round) => void (await bus.publish({ topic: TOPIC }, message(round))),
  };
}

let questions = 0;
const server = createServer();
const rounds =
  kind === "bare"
    ? startBare(server)
    : startGateway(server, kind === "redis" ? await connectRedisBus({ url: redisUrl, log }) : createMemoryBus());

/** What is the process's own: pages of files, its program among them, come and go as the system likes. */
async function ownBytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? process.memoryUsage().rss : Number(kilobytes) * 1024;
}

process.on("message", async (order: ServerOrder) => {
  if (order.type === "usage") {
    if (order.collectGarbage) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    answer({ type: "usage", bytes: await ownBytes(), cpuMs: (user + system) / 1000, questions });
    return;
  }
  for (let round = 0; round < order.rounds; round += 1) {
    await (order.to === "each" ? rounds.each(order.users, round) : rounds.all(round));
    // As between requests: what has been written is sent.
    await new Promise((resolve) => setImmediate(resolve));
  }
  answer({ type: "published" });
});
process.on("disconnect", () => process.exit());

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`expected a TCP address, found ${address}`);
  answer({ type: "ready", url: `http://127.0.0.1:${address.port}` });
});
