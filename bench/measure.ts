/** One run: a browser and a page of its own, a warm-up, the messages, the figures. */
import { writeFile } from "node:fs/promises";
import { type CDPSession, chromium, type Page } from "@playwright/test";
import type { Connection } from "sockjs";
import { chromiumLaunchOptions } from "../e2e/support/chromium.ts";
import { systemClock } from "./clock.ts";
import { type Figures, median, sum } from "./figures.ts";
import { WARM_UP_ITEM } from "./message.ts";
import { pageOf } from "./page.ts";
import type { Plan, Round } from "./plan.ts";
import type { Row } from "./rows.ts";
import type { BenchServer } from "./server.ts";

interface Group {
  readonly items: readonly number[];
  readonly version: number;
}

declare global {
  interface Window {
    /** See glue/bench.js. */
    bench: {
      watch(groups: readonly Group[], hasPattern: boolean): void;
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

  const deliver = (round: Round) => deliverRound(page, connection, row, plan, round, now);
  await deliver({ items: [WARM_UP_ITEM], expected: [WARM_UP_ITEM], version: 1 });
  for (const round of plan.before ?? []) await deliver(round);
  await rest(page, server);

  const before = plan.measuresHeap ? await heap(devtools) : undefined;
  const stopProfile = profile === undefined ? undefined : await startProfile(devtools, profile);
  const requests = server.requests;
  const start = now();
  const cpu = await processTime(devtools);
  const rounds = [];
  for (const round of plan.rounds) {
    rounds.push(await deliver(round));
    if (plan.restsBetweenRounds) await rest(page, server);
  }
  await rest(page, server);
  const figures = {
    wall: sum(rounds.map(({ wall }) => wall)),
    round: median(rounds.map(({ wall }) => wall)),
    urgent: sum(rounds.map(({ urgent }) => urgent)),
    cpu: (await processTime(devtools)) - cpu,
    longest: await page.evaluate((since) => window.bench.longestTask(since), start),
    requests: server.requests - requests,
    messages: sum(plan.rounds.map(({ items }) => items.length)),
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
async function deliverRound(
  page: Page,
  connection: Connection,
  row: Row,
  { shape }: Plan,
  { items, expected, urgent = [], version }: Round,
  now: () => number,
) {
  const texts = items.map((item) => row.encode({ ...shape, item, version }));
  const groups = [expected, urgent].map((targets) => ({ items: targets, version }));
  await page.evaluate((given) => window.bench.watch(...given), [groups, shape.hasPattern] as const);
  const sent = now();
  for (const text of texts) connection.write(text);
  const [all = Number.NaN, first = Number.NaN] = await page.evaluate(() => window.bench.done());
  return { wall: all - sent, urgent: first - sent };
}

/** Work that is put off, or not seen on the page, still counts: waits until a while has passed without a request. */
async function rest(page: Page, server: BenchServer): Promise<void> {
  for (let before = -1; before !== server.requests; ) {
    before = server.requests;
    await page.evaluate(() => window.bench.tail());
  }
}

/** CPU time of the page's renderer process so far, in milliseconds: of all its threads, and of no other process. */
async function processTime(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const found = metrics.find(({ name }) => name === "ProcessTime");
  if (!found) throw new Error(`expected Chromium's metric ProcessTime, found ${metrics.map(({ name }) => name)}`);
  return found.value * 1_000;
}

/** What the page holds when all garbage is gone, in bytes. */
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
