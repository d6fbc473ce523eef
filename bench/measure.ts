/** One run: a browser and a page of its own, a warm-up, the messages, the figures. */
import { writeFile } from "node:fs/promises";
import { type CDPSession, chromium, type Page } from "@playwright/test";
import type { Connection } from "sockjs";
import { chromiumLaunchOptions } from "../e2e/support/chromium.ts";
import { systemClock } from "./clock.ts";
import { WARM_UP } from "./message.ts";
import { pageOf } from "./page.ts";
import type { Row } from "./rows.ts";
import type { Plan, Round } from "./scenarios.ts";
import type { BenchServer } from "./server.ts";

export interface Figures {
  /** From the first message sent to all targets right, in milliseconds, of all rounds together. */
  readonly wall: number;
  /** The median of the rounds' wall times. */
  readonly round: number;
  /** From the first message sent to the urgent targets right, of all rounds together. */
  readonly urgent: number;
  /** CPU time of the page's renderer process, in milliseconds; the system counts it in steps of 10. */
  readonly cpu: number;
  /** In milliseconds; 0 when none was longer than 50 ms. */
  readonly longest: number;
  /** For snippets, as the server saw them. */
  readonly requests: number;
  /** How much more the page's scripts hold, in bytes, garbage not counted. Only when the plan asks for it. */
  readonly scripts: number;
  /** How much more the DOM holds, the same way. */
  readonly dom: number;
  /** How many messages were sent. */
  readonly messages: number;
}

interface Group {
  readonly items: readonly number[];
  readonly version: number;
}

declare global {
  interface Window {
    /** See glue/bench.js. */
    bench: {
      watch(groups: readonly Group[]): void;
      done(): Promise<readonly number[]>;
      tail(): Promise<void>;
      longestTask(since: number): number;
    };
  }
}

/**
 * @param profile a file for the CPU profile of the messages; the figures suffer from it.
 * @throws when a target is not right after two minutes; says what errors the page had.
 */
export async function measure(server: BenchServer, row: Row, plan: Plan, profile?: string): Promise<Figures> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  const problems: string[] = [];
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("response", (response) => {
      if (!response.ok()) problems.push(`${response.status()} for ${response.url()}`);
    });
    const connection = await open(server, page, pageOf(row, plan.items));
    return await run(server, page, connection, row, plan, profile);
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error([reason, ...problems.slice(0, 1)].join("; on the page: "), { cause: error });
  } finally {
    await browser.close();
  }
}

async function open(server: BenchServer, page: Page, html: string): Promise<Connection> {
  const [connection] = await Promise.all([server.serve(html), page.goto(server.pageUrl)]);
  await page.waitForFunction(() => document.body.classList.contains("patterns-loaded") && "jQuery" in window);
  return connection;
}

async function run(
  server: BenchServer,
  page: Page,
  connection: Connection,
  row: Row,
  plan: Plan,
  profile: string | undefined,
): Promise<Figures> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const now = systemClock();

  const warmUp = { item: WARM_UP, version: 1, kind: plan.kind };
  await deliver(page, connection, row, { messages: [warmUp], expected: [WARM_UP], version: 1 }, now);
  for (const round of plan.before ?? []) await deliver(page, connection, row, round, now);
  await rest(page, server);

  const before = plan.measuresHeap ? await heap(devtools) : undefined;
  const stopProfile = profile === undefined ? undefined : await startProfile(devtools, profile);
  const requests = server.requests;
  const begun = now();
  const cpu = await processTime(devtools);
  const rounds = [];
  for (const round of plan.rounds) {
    rounds.push(await deliver(page, connection, row, round, now));
    if (plan.rests) await rest(page, server);
  }
  await rest(page, server);
  const figures = {
    wall: sum(rounds.map(({ wall }) => wall)),
    round: median(rounds.map(({ wall }) => wall)),
    urgent: sum(rounds.map(({ urgent }) => urgent)),
    cpu: (await processTime(devtools)) - cpu,
    longest: await page.evaluate((since) => window.bench.longestTask(since), begun),
    requests: server.requests - requests,
    messages: sum(plan.rounds.map(({ messages }) => messages.length)),
  };
  await stopProfile?.();
  const after = before && (await heap(devtools));
  return {
    ...figures,
    scripts: before && after ? after.scripts - before.scripts : 0,
    dom: before && after ? after.dom - before.dom : 0,
  };
}

/** Sends the messages, all at once, and waits until their targets are right. */
async function deliver(page: Page, connection: Connection, row: Row, round: Round, now: () => number) {
  const { messages, expected, urgent = [], version } = round;
  const texts = messages.map((message) => row.encode(message));
  const groups = [expected, urgent].map((items) => ({ items, version }));
  await page.evaluate((given) => window.bench.watch(given), groups);
  const sent = now();
  for (const text of texts) connection.write(text);
  const [all = Number.NaN, first = Number.NaN] = await page.evaluate(() => window.bench.done());
  return { wall: all - sent, urgent: first - sent };
}

/** What was put off still counts, and what is not seen on the page: until a while has passed without a request. */
async function rest(page: Page, server: BenchServer): Promise<void> {
  for (let before = -1; before !== server.requests; ) {
    before = server.requests;
    await page.evaluate(() => window.bench.tail());
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** CPU time of the page's renderer process so far, in milliseconds: of all its threads, and of no other process. */
async function processTime(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const found = metrics.find(({ name }) => name === "ProcessTime");
  if (!found) throw new Error(`expected Chromium's metric ProcessTime, found ${metrics.map(({ name }) => name)}`);
  return found.value * 1_000;
}

/** What is held when all garbage is gone. */
async function heap(devtools: CDPSession): Promise<{ readonly scripts: number; readonly dom: number }> {
  for (const _ of [1, 2]) await devtools.send("HeapProfiler.collectGarbage"); // finalisers let go for the second
  const { usedSize, embedderHeapUsedSize } = await devtools.send("Runtime.getHeapUsage");
  return { scripts: usedSize, dom: embedderHeapUsedSize };
}

async function startProfile(devtools: CDPSession, file: string): Promise<() => Promise<void>> {
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.setSamplingInterval", { interval: 200 });
  await devtools.send("Profiler.start");
  return async () => {
    const { profile } = await devtools.send("Profiler.stop");
    await writeFile(file, JSON.stringify(profile));
  };
}
