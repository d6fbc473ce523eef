/** The scenarios: which messages go to which page, in which rows, and which figures are told. */
import type { Figures } from "./measure.ts";
import { FENCE, type Kind, type Message } from "./message.ts";
import type { RowName } from "./rows.ts";

/** Messages that are sent at once, and the targets that show when they have been delivered. */
export interface Round {
  readonly messages: readonly Message[];
  readonly expected: readonly number[];
  /** Those that are waited for on their own too. */
  readonly urgent?: readonly number[];
  readonly version: number;
}

export interface Plan {
  readonly kind: Kind;
  /** Targets on the page, from the top. */
  readonly items: readonly number[];
  /** Not measured. */
  readonly before?: readonly Round[];
  /** Each begins when the one before it is done. */
  readonly rounds: readonly Round[];
  /** Whether the page comes to rest between rounds. */
  readonly rests?: boolean;
  readonly measuresHeap?: boolean;
}

export interface Column {
  readonly title: string;
  /** @param figures one for each plan. Undefined is shown as a dash. */
  readonly value: (figures: readonly Figures[]) => number | undefined;
  readonly digits?: number;
  /** Whether a column follows with the ratio to raw SockJS by hand. */
  readonly hasRatio?: boolean;
}

export interface Scenario {
  readonly title: (messages: number) => string;
  readonly rows: readonly RowName[];
  readonly kind: Kind;
  /** Default of `--messages`. */
  readonly messages: number;
  /** Default of `--repeats`. */
  readonly repeats: number;
  readonly plans: (messages: number) => readonly Plan[];
  readonly columns: readonly Column[];
}

const EVERYONE = [
  "ours",
  "raw-ws",
  "raw-sockjs",
  "htmx2",
  "htmx4",
  "turbo",
  "pat-push",
  "pat-inject-naive",
] as const satisfies readonly RowName[];

/** How many targets are in the viewport, see page.ts. */
const VISIBLE = 20;
const ABSENT = 1_000_000;
const LATENCIES = 30;
const MANY_TARGETS = 10_000;
const FEW_TARGETS = 100;
const MEMORY_TARGETS = 1_000;

const wall = { title: "wall ms", value: first(({ wall }) => wall), hasRatio: true };
const cpu = { title: "CPU ms", value: first(({ cpu }) => cpu), hasRatio: true };
const longest = { title: "longest task ms", value: first(({ longest }) => longest || undefined) };
const requests = { title: "requests", value: first(({ requests }) => requests) };
const BURST = [wall, cpu, longest, requests];

export const SCENARIOS = {
  a: {
    title: (messages) => `(a) ${count(messages)} messages with URLs to ${count(messages)} targets`,
    rows: EVERYONE,
    kind: "url",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [everyTargetOnce("url", numbers(messages))],
    columns: BURST,
  },
  a2: {
    title: (messages) => `(a′) ${count(messages)} messages with URLs, with the batch view`,
    rows: ["ours-batch", "raw-sockjs"],
    kind: "url",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [everyTargetOnce("url", numbers(messages))],
    columns: BURST,
  },
  b: {
    title: (messages) => `(b) ${count(messages)} inline messages to ${count(messages)} targets`,
    rows: EVERYONE,
    kind: "inline",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [everyTargetOnce("inline", numbers(messages))],
    columns: BURST,
  },
  c: {
    title: () => `(c) one message with a URL at rest: median of ${LATENCIES}`,
    rows: EVERYONE,
    kind: "url",
    messages: LATENCIES,
    repeats: 3,
    plans: () => [
      {
        kind: "url",
        items: numbers(LATENCIES),
        rounds: numbers(LATENCIES).map((item) => toEach("url", [item])),
        rests: true,
      },
    ],
    columns: [{ title: "latency ms", value: first(({ round }) => round), digits: 1, hasRatio: true }],
  },
  d: {
    title: (messages) => `(d) ${count(messages)} repeats of one URL for one target`,
    rows: EVERYONE,
    kind: "url",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [fenced(numbers(messages).map(() => ({ item: 0, version: 1, kind: "url" })))],
    // No wall time: repeats leave nothing to see, so their end is not known to the millisecond.
    columns: [cpu, longest, requests],
  },
  e: {
    title: (messages) => `(e) ${count(messages)} messages with URLs for absent targets`,
    rows: [...EVERYONE, "raw-look-first"],
    kind: "url",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [
      fenced(numbers(messages).map((number) => ({ item: ABSENT + number, version: 1, kind: "url" }))),
    ],
    columns: [
      { title: "CPU ms a message", value: first(({ cpu, messages }) => cpu / messages), digits: 2, hasRatio: true },
      longest,
      requests,
    ],
  },
  f: {
    title: (messages) => `(f) ${count(messages)} messages with URLs, the last ${VISIBLE} for what is visible`,
    rows: EVERYONE,
    kind: "url",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [visibleLast(messages)],
    columns: [{ title: "visible ones ms", value: first(({ urgent }) => urgent), hasRatio: true }, wall, cpu],
  },
  g: {
    title: () => `(g) inline messages on a page with ${count(FEW_TARGETS)} and with ${count(MANY_TARGETS)} targets`,
    rows: EVERYONE,
    kind: "inline",
    messages: 1_000,
    repeats: 3,
    plans: (messages) => [hundredAtOnce(messages, FEW_TARGETS), hundredAtOnce(messages, MANY_TARGETS)],
    columns: [
      { title: `CPU ms a message, ${count(FEW_TARGETS)}`, value: perMessage(0), digits: 2, hasRatio: true },
      { title: `CPU ms a message, ${count(MANY_TARGETS)}`, value: perMessage(1), digits: 2, hasRatio: true },
      {
        title: "growth",
        value: (figures) => (perMessage(1)(figures) ?? Number.NaN) / (perMessage(0)(figures) ?? Number.NaN),
        digits: 2,
      },
    ],
  },
  h: {
    title: (messages) => `(h) ${count(messages)} inline messages, ${count(MEMORY_TARGETS)} at a time: the heap`,
    rows: ["ours", "raw-sockjs"],
    kind: "inline",
    messages: 100_000,
    repeats: 1,
    plans: (messages) => [thousandAtOnce(messages)],
    columns: [
      { title: "heap growth kB", value: first(({ scripts }) => scripts / 1_000) },
      { title: "DOM growth kB", value: first(({ dom }) => dom / 1_000) },
      { title: "CPU ms a message", value: first(({ cpu, messages }) => cpu / messages), digits: 2, hasRatio: true },
      longest,
    ],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name);
}

function everyTargetOnce(kind: Kind, items: readonly number[]): Plan {
  return { kind, items, rounds: [toEach(kind, items)] };
}

/** What leaves nothing to see is over when a last message, for a target that is there, has been delivered. */
function fenced(messages: readonly Message[]): Plan {
  const fence: Message = { item: FENCE, version: 1, kind: "url" };
  const rounds = [{ messages: [...messages, fence], expected: [FENCE], version: 1 }];
  return { kind: "url", items: numbers(messages.length), rounds };
}

function visibleLast(messages: number): Plan {
  const items = numbers(messages);
  const urgent = items.slice(-VISIBLE);
  const round = { ...toEach("url", items), urgent };
  return { kind: "url", items: [...urgent, ...items.slice(0, -VISIBLE)], rounds: [round] };
}

/** As many messages at once as the small page has targets, always for the last ones on the page. */
function hundredAtOnce(messages: number, targets: number): Plan {
  const chosen = numbers(targets).slice(-FEW_TARGETS);
  const rounds = numbers(Math.ceil(messages / FEW_TARGETS)).map((round) => toEach("inline", chosen, round + 1));
  return { kind: "inline", items: numbers(targets), rounds };
}

/** What the page keeps of its content is there before; only what the deliveries leave behind can grow. */
function thousandAtOnce(messages: number): Plan {
  const items = numbers(MEMORY_TARGETS);
  const rounds = numbers(Math.ceil(messages / MEMORY_TARGETS)).map((round) => toEach("inline", items, round + 2));
  return { kind: "inline", items, before: [toEach("inline", items)], rounds, measuresHeap: true };
}

function toEach(kind: Kind, items: readonly number[], version = 1): Round {
  return { messages: items.map((item) => ({ item, version, kind })), expected: items, version };
}

function numbers(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function first(value: (figures: Figures) => number | undefined): Column["value"] {
  return ([figures]) => figures && value(figures);
}

function perMessage(plan: number): Column["value"] {
  return (all) => {
    const figures = all[plan];
    return figures && figures.cpu / figures.messages;
  };
}

function count(number: number): string {
  return number.toLocaleString("en");
}
