/** The browsers of the load run, in one process. */
import { connectRedisBus } from "../../demo/bus/redis.ts";
import { whileProgress } from "./bounds.ts";
import { Browser } from "./browser.ts";
import { type ClientAnswer, type ClientOrder, TOPIC } from "./messages.ts";

/** So many handshakes are under way at once. */
const HANDSHAKES = 200;
/** Connections from one address, at most: it has some 28,000 ports, and one that was closed is not free for a minute. */
const CONNECTIONS_OF_ADDRESS = 20_000;

const answer = (it: ClientAnswer) => process.send?.(it);
const browsers: Browser[] = [];
/** By user, as far as the last welcome has told: where the browser resumes when it comes again. */
const positions: string[] = [];
let received = 0;
let onReceived = () => {};

const onMessages = (count: number) => {
  received += count;
  onReceived();
};

process.on("message", async (order: ClientOrder) => {
  switch (order.type) {
    case "open":
      return await openAll(order);
    case "lose":
      for (const browser of browsers.splice(0)) browser.lose();
      return answer({ type: "lost" });
    case "expect":
      return await expect(order.messages);
    case "latency":
      return await measureLatency(order.redisUrl, order.messages);
  }
});
process.on("disconnect", () => process.exit());

/** Answers when all have been welcomed, to all their streams. */
async function openAll({ url, users, network, listensToTopic }: Extract<ClientOrder, { type: "open" }>): Promise<void> {
  const begin = performance.now();
  let open = 0;
  const all = new Promise<void>((resolve) => {
    const next = () => {
      const user = browsers.length;
      if (user >= users) return;
      const localAddress = `127.0.${network}.${1 + Math.floor(user / CONNECTIONS_OF_ADDRESS)}`;
      const [position, topics] = [positions[user] ?? null, listensToTopic ? [TOPIC] : []];
      browsers.push(new Browser({ url: new URL(url), localAddress, user, position, topics, onOpen, onMessages }));
    };
    const onOpen = (browser: Browser) => {
      positions[browser.user] ??= browser.position ?? "";
      open += 1;
      if (open === users) resolve();
      else next();
    };
    for (let n = 0; n < HANDSHAKES; n += 1) next();
  });
  await whileProgress(
    all,
    () => open,
    () => `expected ${users} sockets to be open, found ${describeStates()}`,
  );
  answer({ type: "opened", ms: performance.now() - begin });
}

function describeStates(): string {
  const counts = new Map<string, number>();
  for (const { state } of browsers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}

async function expect(messages: number): Promise<void> {
  const begin = received;
  await whileProgress(
    new Promise<void>((resolve) => {
      onReceived = () => {
        if (received - begin >= messages) resolve();
      };
      answer({ type: "expecting" });
    }),
    () => received,
    () => `expected ${messages} messages, found ${received - begin}`,
  );
  onReceived = () => {};
  answer({ type: "received" });
}

/** One message after the other, each to another user, from publishing it to its arrival. */
async function measureLatency(redisUrl: string, messages: number): Promise<void> {
  const bus = await connectRedisBus({ url: redisUrl, log: () => {} });
  const ms: number[] = [];
  const measure = async () => {
    for (let n = 0; n < messages; n += 1) {
      const begin = performance.now();
      const arrived = new Promise<void>((resolve) => {
        onReceived = resolve;
      });
      await bus.publish(`u${(n * 7919) % browsers.length}`, { type: "inject", url: "/a" });
      await arrived;
      ms.push(performance.now() - begin);
    }
  };
  await whileProgress(
    measure(),
    () => ms.length,
    () => `expected ${messages} messages one by one, found ${ms.length}`,
  );
  onReceived = () => {};
  await bus.close();
  answer({ type: "latencies", ms });
}
