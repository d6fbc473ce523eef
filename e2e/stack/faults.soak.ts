/**
 * Faults of each kind while fifty uploads are on their way: what became of the documents in the open pages of two people, and
 * how long it took from the moment that what had gone was back. Prints a table.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { image } from "../../demo/docconv/samples.ts";
import { Visitor } from "../../demo/plone/test-support/visitor.ts";
import { type RedisServer, withoutRedisServer } from "../../demo/test-support/redis.ts";
import { shownDocuments } from "../support/shown-documents.ts";
import type { Role, Stack } from "../support/stack.ts";
import { expect, test } from "../support/stack-people.ts";
import type { TcpProxy } from "../support/tcp-proxy.ts";

test.skip(withoutRedisServer !== false, withoutRedisServer || "");

const USERS = ["jane", "joe"] as const;
const UPLOADS_OF_USER = 25;
/** Uploads that were accepted before the fault. */
const BEFORE = 15;
/** In milliseconds, from the moment that what had gone was back until more is seen. */
const LIMIT = 15_000;
/** Of so many files one is a picture. The others are empty: they end with a sentence, and cost no conversion. */
const FILES_OF_PICTURE = 5;
/** In milliseconds: who is refused waits before they try again, and who looks does not look all the time. */
const PAUSE = 200;

/** What is uploaded, by uid. */
interface Uploads {
  readonly pictures: Set<string>;
  readonly empty: Set<string>;
}

/** Until more is accepted, a user tries again: the limit of unfinished documents is lower than what they upload. */
async function uploadAll(
  url: string,
  user: string,
  picture: Uint8Array<ArrayBuffer>,
  { pictures, empty }: Uploads,
  accepted: () => void,
) {
  const visitor = new Visitor(url);
  await visitor.logIn(user);
  const authenticator = await visitor.authenticator();
  for (let n = 0; n < UPLOADS_OF_USER; ) {
    const isPicture = n % FILES_OF_PICTURE === 0;
    const file = { name: `${n}.png`, content: isPicture ? picture : new Uint8Array() };
    const response = await visitor.upload(file, { authenticator }).catch(() => undefined);
    const uid = /uploaded=([0-9a-f]+)/.exec(response?.headers.get("Location") ?? "")?.[1];
    if (uid === undefined) {
      await sleep(PAUSE);
      continue;
    }
    (isPicture ? pictures : empty).add(uid);
    accepted();
    n += 1;
  }
}

/** Of these documents, those that have ended in the page. */
async function endedIn(page: Page, uids: ReadonlySet<string>): Promise<number> {
  const { listed, waiting } = await shownDocuments(page);
  return new Set(listed.filter((uid) => uids.has(uid) && !waiting.includes(uid))).size;
}

interface Row {
  readonly fault: string;
  readonly pictures: number;
  /** Of the pictures, with a preview, and with a sentence. */
  readonly previewed: number;
  readonly failed: number;
  /** In milliseconds after what had gone was back: the next document that ended, all from before the fault, and the last one. */
  readonly next: number;
  readonly earlier: number;
  readonly last: number;
}

/** @param harm resolves when what has gone is back. */
async function during(fault: string, url: string, pages: readonly Page[], harm: () => Promise<unknown>): Promise<Row> {
  const picture = new Uint8Array(await image("png", 200, 150));
  const all: Uploads = { pictures: new Set(), empty: new Set() };
  const uids = () => new Set([...all.pictures, ...all.empty]);
  let enough = () => {};
  const begun = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const uploads = Promise.all(
    USERS.map((user) =>
      uploadAll(url, user, picture, all, () => {
        if (uids().size === BEFORE) enough();
      }),
    ),
  );
  await begun;
  const before = uids();
  await harm();
  const back = performance.now();
  const [jane] = pages;
  if (!jane) throw new Error("expected a page");
  const ended = await endedIn(jane, uids());
  await expect.poll(() => endedIn(jane, uids()), { timeout: LIMIT, intervals: [PAUSE] }).toBeGreaterThan(ended);
  const next = performance.now() - back;
  await expect.poll(() => endedIn(jane, before), { timeout: 120_000, intervals: [PAUSE] }).toBe(before.size);
  const earlier = performance.now() - back;
  await uploads;
  for (const page of pages) {
    await expect
      .poll(async () => [await endedIn(page, uids()), (await shownDocuments(page)).waiting.length], {
        timeout: 120_000,
      })
      .toEqual([uids().size, 0]);
    const { listed } = await shownDocuments(page);
    expect(new Set(listed).size, "none is shown twice").toBe(listed.length);
  }
  const last = performance.now() - back;
  const { previews, reasons } = await shownDocuments(jane);
  const of = (uids: ReadonlySet<string>, shown: readonly string[]) => shown.filter((uid) => uids.has(uid)).length;
  expect(of(all.empty, reasons), "a sentence for each empty file").toBe(all.empty.size);
  const [previewed, failed] = [of(all.pictures, previews), of(all.pictures, reasons)];
  return { fault, pictures: all.pictures.size, previewed, failed, next, earlier, last };
}

function table(rows: readonly Row[]): string {
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  const lines = rows.map(
    ({ fault, pictures, previewed, failed, next, earlier, last }) =>
      `| ${fault} | ${previewed} of ${pictures} | ${failed} | ${seconds(next)} | ${seconds(earlier)} | ${seconds(last)} |`,
  );
  const head = [
    "| during 50 uploads | previews of pictures | told of a failure | next document after | all from before it after | all after |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}

type Harm = (stack: Stack, redis: RedisServer, network: TcpProxy) => Promise<unknown>;

const killed = (role: Role): [string, Harm] => [`SIGKILL of ${role}`, (stack) => stack.kill(role)];

const restart: Harm = async (_stack, redis) => {
  await redis.kill();
  await redis.restart();
};

const cut: Harm = async (_stack, _redis, network) => {
  network.stall();
  await sleep(3_000);
  network.resume();
  network.cut();
};

const FAULTS: readonly (readonly [string, Harm])[] = [
  killed("worker"),
  killed("plone-worker"),
  killed("push"),
  killed("plone"),
  ["network to Redis stalled and cut", cut],
  ["Redis killed, with its append-only file", restart],
];
const NOTHING_KEPT = "Redis killed, nothing kept";

const rows: Row[] = [];
test.afterAll(() => void process.stdout.write(table(rows)));

// Each has a stack of its own: a list that grows would be most of the time.
for (const [fault, harm] of FAULTS) {
  test(fault, async ({ logIn, stack, redis, network, allow }) => {
    allow(/.*/);
    const pages = [await logIn("jane"), await logIn("joe")];
    rows.push(await during(fault, stack.url, pages, () => harm(stack, redis, network)));
  });
}

test.describe("without persistence", () => {
  test.use({ redisSettings: [] });
  test(NOTHING_KEPT, async ({ logIn, stack, redis, network, allow }) => {
    allow(/.*/);
    const pages = [await logIn("jane"), await logIn("joe")];
    rows.push(await during(NOTHING_KEPT, stack.url, pages, () => restart(stack, redis, network)));
  });
});
