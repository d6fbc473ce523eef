/**
 * `npm run load`: the gateway, over the bus in memory and over Redis, against sockjs-node alone. Servers, browsers, Redis and whoever
 * publishes are processes of their own, on this machine's loopback only.
 *
 * All servers hold all connections from the beginning to the end, and are measured in turn: what else the machine does meets each of
 * them, and a share is the median of the shares of the turns.
 *
 * Options: `--connections 10000 --users 2000 --rounds 50 --repeat 5`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "../../demo/test-support/redis.ts";
import { possibleSockets } from "./limits.ts";
import {
  answerOf,
  type ClientAnswer,
  type ClientOrder,
  type Kind,
  type ServerAnswer,
  type ServerOrder,
  TOPIC,
} from "./messages.ts";
import { Publisher } from "./publisher.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "10000" },
    users: { type: "string", default: "2000" },
    rounds: { type: "string", default: "50" },
    repeat: { type: "string", default: "5" },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
/** How far it is, for whoever waits. */
const say = (what: string) => process.stderr.write(`${(performance.now() / 1000).toFixed(0)} s: ${what}\n`);
const { sockets: connections, words } = await possibleSockets(Number(values.connections));
if (words !== undefined) print(`${words}\n`);
const users = Math.min(Number(values.users), connections);
const rounds = Number(values.rounds);
const repeat = Number(values.repeat);
const LATENCY_MESSAGES = 1000;
/** In a flood whoever publishes is ahead of Redis by so many rounds. */
const ROUNDS_UNDER_WAY = 4;
/** The gateway's own. */
const RECHECK_MS = 15_000;
/** Of messages to all, whatever the number of rounds. */
const MESSAGES_TO_ALL = 20;

const undo: (() => Promise<void>)[] = [];
const redis = await startRedis({ after: (step) => undo.push(step) });
const publisher = new Publisher(redis.url);
const TOPIC_KEY = `inject-async:topic:${TOPIC}`;
const keys = (count: number) => Array.from({ length: count }, (_, n) => `inject-async:u${n}`);
const text = (round: number) => JSON.stringify({ type: "inject", url: `/workspace/4f2a/@@preview-snippet?${round}` });

interface Run {
  readonly kind: Kind;
  readonly server: ChildProcess;
  readonly client: ChildProcess;
  readonly url: string;
  readonly openedMs: number;
  /** Of the server, for each connection. */
  readonly kilobytes: number;
}

function start(file: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, args, { execArgv: ["--import", "tsx", "--expose-gc"] });
}

const order = (child: ChildProcess, it: ServerOrder | ClientOrder) => child.send(it);

async function usage(server: ChildProcess, collectGarbage: boolean) {
  const answer = answerOf<ServerAnswer, "usage">(server, "usage");
  order(server, { type: "usage", collectGarbage });
  return answer;
}

/** Each opening has addresses of its own, whose ports nobody else has. */
let networks = 0;

async function openSockets(client: ChildProcess, url: string, listensToTopic: boolean): Promise<number> {
  const opened = answerOf<ClientAnswer, "opened">(client, "opened");
  networks += 1;
  order(client, { type: "open", url, users: connections, network: networks, listensToTopic });
  return (await opened).ms;
}

async function open(kind: Kind): Promise<Run> {
  const server = start("server.ts", kind, redis.url);
  const { url } = await answerOf<ServerAnswer, "ready">(server, "ready");
  const client = start("client.ts");
  const { bytes } = await usage(server, true);
  say(`${kind}: ${connections} connections`);
  const openedMs = await openSockets(client, url, false);
  const kilobytes = ((await usage(server, true)).bytes - bytes) / connections / 1024;
  return { kind, server, client, url, openedMs, kilobytes };
}

interface Throughput {
  /** Messages a second, from the first that is published to the last that arrives: with clients, Redis and all. */
  readonly rate: number;
  /** The server's processor time, which depends less than the rate on what else the machine does. */
  readonly cpuMicroseconds: number;
}

/** What is published: a round is one message to each of the users, or one message to all that listen to the topic. */
interface Load {
  readonly to: "each" | "all";
  /** A round is published when the one before has arrived, or as soon as it is taken: then several may go out in one piece. */
  readonly pace: "one by one" | "flood";
}

async function measure(run: Run, { to, pace }: Load): Promise<Throughput> {
  const [times, count] = to === "each" ? [rounds, users] : [MESSAGES_TO_ALL, connections];
  const step = pace === "flood" ? times : 1;
  const before = await usage(run.server, false);
  const begin = performance.now();
  for (let done = 0; done < times; done += step) {
    const received = await expectMessages(run, count * step);
    await Promise.all([received(), publish(run, to, step)]);
  }
  const seconds = (performance.now() - begin) / 1000;
  const { cpuMs } = await usage(run.server, false);
  const messages = count * times;
  return { rate: messages / seconds, cpuMicroseconds: ((cpuMs - before.cpuMs) * 1000) / messages };
}

async function publish({ kind, server }: Run, to: Load["to"], times: number): Promise<void> {
  if (kind !== "redis") {
    const published = answerOf<ServerAnswer, "published">(server, "published");
    order(server, { type: "publish", to, users, rounds: times });
    await published;
    return;
  }
  // Over Redis, back ends publish: it is no work of the gateway's.
  const streams = to === "each" ? keys(users) : [TOPIC_KEY];
  const underWay: Promise<void>[] = [];
  for (let round = 0; round < times; round += 1) {
    underWay.push(publisher.publish(streams, text(round)));
    if (underWay.length >= ROUNDS_UNDER_WAY) await underWay.shift();
  }
  await Promise.all(underWay);
}

/** Resolves when the client is counting, to what resolves when so many have come. */
async function expectMessages({ client }: Run, messages: number): Promise<() => Promise<unknown>> {
  const expecting = answerOf<ClientAnswer, "expecting">(client, "expecting");
  const received = answerOf<ClientAnswer, "received">(client, "received");
  order(client, { type: "expect", messages });
  await expecting;
  return () => received;
}

/** In turn, `repeat` times. The first time is for warming up. */
async function measureInTurn(runs: readonly Run[], load: Load): Promise<ReadonlyMap<Kind, Throughput[]>> {
  say(`messages to ${load.to}, ${load.pace}`);
  const found = new Map<Kind, Throughput[]>(runs.map(({ kind }) => [kind, []]));
  for (let turn = 0; turn <= repeat; turn += 1) {
    for (const run of runs) {
      const throughput = await measure(run, load);
      if (turn > 0) found.get(run.kind)?.push(throughput);
    }
  }
  return found;
}

/** All are lost and come back, to one message each that they have missed. From then on they listen to the topic, too. */
async function storm(run: Run): Promise<{ readonly openMs: number; readonly caughtUpMs: number }> {
  say(`all connections lost, and coming back`);
  const lost = answerOf<ClientAnswer, "lost">(run.client, "lost");
  order(run.client, { type: "lose" });
  await lost;
  await publisher.publish(keys(connections), text(0));
  const received = await expectMessages(run, connections);
  const begin = performance.now();
  const [openMs] = await Promise.all([openSockets(run.client, run.url, true), received()]);
  return { openMs, caughtUpMs: performance.now() - begin };
}

async function latencies({ client }: Run): Promise<readonly number[]> {
  say(`${LATENCY_MESSAGES} single messages`);
  const measured = answerOf<ClientAnswer, "latencies">(client, "latencies");
  order(client, { type: "latency", redisUrl: redis.url, messages: LATENCY_MESSAGES });
  return sorted((await measured).ms);
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const median = (numbers: readonly number[]) => sorted(numbers)[Math.floor(numbers.length / 2)] ?? 0;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
const share = (of: number) => `${of.toFixed(2)} of bare`;

/** A figure's median, and the median of its shares of the first server's in the same turn. */
function compared(found: ReadonlyMap<Kind, readonly Throughput[]>, kind: Kind, figure: keyof Throughput) {
  const of = (it: Kind) => (found.get(it) ?? []).map((throughput) => throughput[figure]);
  const bare = of("bare");
  const own = of(kind);
  return { value: median(own), share: share(median(own.map((value, turn) => value / (bare[turn] ?? value)))) };
}

/** Messages a second, and processor time for each. */
function describe(found: ReadonlyMap<Kind, readonly Throughput[]>, kind: Kind): string {
  const [rate, cpu] = [compared(found, kind, "rate"), compared(found, kind, "cpuMicroseconds")];
  return `${Math.round(rate.value)}, ${rate.share}; ${cpu.value.toFixed(1)} µs, ${cpu.share}`;
}

print(`On ${availableParallelism()} processors, which all processes share.\n`);
const bare = await open("bare");
const memory = await open("memory");
const overRedis = await open("redis");
const runs = [bare, memory, overRedis];
const { openMs, caughtUpMs } = await storm(overRedis);
const before = { ...(await usage(overRedis.server, false)), at: performance.now() };
const oneByOne = await measureInTurn(runs, { to: "each", pace: "one by one" });
const flood = await measureInTurn(runs, { to: "each", pace: "flood" });
const all = await measureInTurn([bare, overRedis], { to: "all", pace: "one by one" });
const ms = await latencies(overRedis);
const { questions } = await usage(overRedis.server, false);
const intervals = (performance.now() - before.at) / RECHECK_MS;

print(
  `| server | ${connections} connections open after | memory a connection | a message to each of ${users} users, the next ` +
    "when all have it: messages a second; processor time for each | the next at once |",
);
print("| --- | --- | --- | --- | --- |");
for (const { kind, openedMs, kilobytes } of runs) {
  const held = `${kilobytes.toFixed(1)} kB, ${share(kilobytes / bare.kilobytes)}`;
  print(`| ${[kind, seconds(openedMs), held, describe(oneByOne, kind), describe(flood, kind)].join(" | ")} |`);
}
print(
  `\nOne topic with ${connections} listeners, one message after the other through Redis, to all a second: ` +
    `${describe(all, "redis")}. Bare makes a frame for each socket, the gateway one for all.`,
);
print(
  `All ${connections} lost at once and coming back, with one message missed by each: open after ${seconds(openMs)}, ` +
    `caught up after ${seconds(caughtUpMs)}.`,
);
print(
  `Meanwhile Plone was asked ${((questions - before.questions) / connections / intervals).toFixed(2)} times whose each ` +
    `of the ${connections} cookies is, in each ${seconds(RECHECK_MS)}.`,
);
const percentile = (part: number) => (ms[Math.floor(ms.length * part)] ?? 0).toFixed(2);
print(
  `One message through Redis, from publishing to the browser: p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms.`,
);
for (const { client, server } of [bare, memory, overRedis]) {
  client.disconnect();
  server.disconnect();
}
publisher.close();
for (const step of undo) await step();
