/**
 * A real page, a real server, and between them a network that fails all the time: connections are cut, stall half-open,
 * crawl and lag, while messages go on.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { libraryPage } from "../../support/library-page.ts";
import { startPushServer } from "../../support/push-server.ts";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { content, ledgerPage, type Sent, settle, TARGETS, type Tally, tally } from "./ledger.ts";
import { seededRandom } from "./random.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly messages: number;
  /** How often the page has to lose its connection, at least. What only slows it down does not count. */
  readonly interruptions: number;
}

export interface ChaosReport extends Tally {
  readonly seed: number;
  /** How often the page lost its connection. */
  readonly interruptions: number;
}

/** Short, so that a silent server is noticed soon. Milliseconds. */
const HEARTBEAT = 200;
/** The longest an interruption lasts. Milliseconds; a stall must outlast the watchdog's margin to be noticed. */
const LONGEST = { stall: 4_000, slow: 600 };
/** Until the last message must have arrived, after the network has become well. Milliseconds. */
const PATIENCE = 120_000;

/** @param page a fresh page, of any browser. */
export async function runChaos(page: Page, { seed, messages, interruptions }: ChaosOptions): Promise<ChaosReport> {
  const random = seededRandom(seed);
  const server = await startPushServer({ heartbeat: HEARTBEAT, replay: messages });
  const proxy = await startTcpProxy({ target: server.url });
  const sent: Sent[] = [];
  server.snippet("/item", ({ url }) => {
    const message = sent[Number(new URL(url, server.url).searchParams.get("n")) - 1];
    return message ? content(message) : { status: 404 };
  });
  server.page("/", chaosPage(server.position));

  /** One message: to any target, with its content or with a URL, to be added or to replace. */
  const send = (): void => {
    const replaces = random() < 0.5;
    const target = `${replaces ? "box" : "list"}-${Math.floor(random() * TARGETS)}`;
    const message = { n: sent.length + 1, target, replaces };
    sent.push(message);
    const inject = replaces ? `target: #${target}` : `target: #${target}::after`;
    const source = random() < 0.3 ? { url: `/item?n=${message.n}` } : { html: content(message) };
    server.broadcast({ ...source, inject });
  };

  try {
    const lost = () => server.sockets.length - 1;
    await page.goto(`${proxy.url}/`);
    await server.nextSocket();
    while (lost() < interruptions) {
      // Only an open connection can be lost.
      await page.waitForFunction(() => document.body.getAttribute("data-inject-async-state") === "open");
      const until = Math.min(messages, Math.round((messages * (lost() + 1)) / interruptions));
      const during = sent.length + Math.floor((until - sent.length) * random());
      while (sent.length < during) send();
      await interrupt(proxy, random, () => {
        while (sent.length < until) send();
      });
    }
    while (sent.length < messages) send();
    await settle(page, sent, PATIENCE);
    return { seed, interruptions: lost(), ...(await tally(page, sent)) };
  } finally {
    await page.close();
    await proxy.close();
    await server.close();
  }
}

/** Something goes wrong, messages are sent meanwhile, and it is over. The pauses are the chaos, not a way to wait. */
async function interrupt(proxy: TcpProxy, random: () => number, meanwhile: () => void): Promise<void> {
  const kind = random();
  if (kind < 0.6) {
    proxy.cut();
    meanwhile();
    await pause(random() * LONGEST.slow);
    return;
  }
  if (kind < 0.7) proxy.stall();
  else if (kind < 0.85) proxy.delay(random() * LONGEST.slow);
  else proxy.throttle(2_000 + random() * 50_000);
  meanwhile();
  await pause(random() * (kind < 0.7 ? LONGEST.stall : LONGEST.slow));
  // Whatever it was, it ends with a cut half of the time.
  if (random() < 0.5) proxy.cut();
  proxy.resume();
  proxy.delay(0);
  proxy.throttle(Number.POSITIVE_INFINITY);
}

/** A network that fails all the time takes more patience than the library has by default. */
function chaosPage(position: string): string {
  const options = `url: /push; position: ${position}; timeout: 2000; retries: 20`;
  return libraryPage({
    body: ledgerPage(),
    bodyAttributes: `class="pat-inject-async" data-pat-inject-async="${options}"`,
  });
}
