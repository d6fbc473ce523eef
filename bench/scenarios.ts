/** The scenarios: which messages go to which page, in which rows, which figures are told, and what has to be reached. */
import * as columns from "./columns.ts";
import type { Shape } from "./message.ts";
import {
  everyTargetOnce,
  fenced,
  numbers,
  oneByOne,
  type Plan,
  repeatedly,
  replacingAgain,
  visibleLast,
} from "./plan.ts";
import type { RowName } from "./rows.ts";

export interface Scenario {
  readonly title: (messages: number) => string;
  readonly rows: readonly RowName[];
  /** Default of `--messages`. */
  readonly messages: number;
  /** Default of `--repeats`. */
  readonly repeats: number;
  readonly plans: (messages: number) => readonly Plan[];
  readonly columns: readonly columns.Column[];
  readonly headlines: readonly columns.Headline[];
  /** A row that the library must not be behind in any headline with a goal. */
  readonly notBehind?: RowName;
}

const ALL_ROWS = [
  "ours",
  "ours-before",
  "raw-ws",
  "raw-sockjs",
  "htmx2",
  "htmx4",
  "turbo",
  "pat-push",
  "pat-inject-naive",
] as const satisfies readonly RowName[];

/** How many targets are in the viewport, see page.ts. */
const VISIBLE_TARGETS = 20;
/** Numbers from here on are of targets that no page has. */
const FIRST_ABSENT_ITEM = 1_000_000;
const LATENCY_SAMPLES = 30;
const FEW_TARGETS = 100;
const MANY_TARGETS = 10_000;
const MEMORY_TARGETS = 1_000;

const BY_URL: Shape = { kind: "url", hasSource: false, hasPattern: true };
const INLINE: Shape = { kind: "inline", hasSource: false, hasPattern: true };

const { wallRatio, cpuRatio, CPU, CPU_PER_MESSAGE, LONGEST_TASK, REQUESTS } = columns;
const longestTask = { title: "longest task", column: LONGEST_TASK, unit: "ms" };
const URL_GOALS = { headlines: [wallRatio(1.15), cpuRatio(1.2), longestTask], notBehind: "pat-push" } as const;
const INLINE_GOALS = { headlines: [wallRatio(), cpuRatio(1.05), longestTask] } as const;
const DEFAULTS = { rows: ALL_ROWS, messages: 1_000, repeats: 3 } as const;

export const SCENARIOS = {
  a: { ...burst("a", BY_URL), ...URL_GOALS },
  "a-source": { ...burst("a-source", { ...BY_URL, hasSource: true }), ...URL_GOALS },
  a2: {
    ...burst("a2, batch view", BY_URL),
    rows: ["ours-batch", "ours-batch-before", "raw-sockjs"],
    headlines: [wallRatio(), cpuRatio(0.5), { title: "requests", column: REQUESTS }],
  },
  b: { ...burst("b", INLINE), ...INLINE_GOALS },
  "b-source": { ...burst("b-source", { ...INLINE, hasSource: true }), ...INLINE_GOALS },
  "b-plain": { ...burst("b-plain", { ...INLINE, hasPattern: false }), ...INLINE_GOALS },
  "b-plain-source": {
    ...burst("b-plain-source", { ...INLINE, hasSource: true, hasPattern: false }),
    ...INLINE_GOALS,
  },
  c: {
    ...DEFAULTS,
    title: () => `(c) one message with a URL at rest: median of ${LATENCY_SAMPLES}`,
    messages: LATENCY_SAMPLES,
    plans: () => [oneByOne(BY_URL, LATENCY_SAMPLES)],
    columns: [columns.LATENCY],
    headlines: [
      { title: "latency", column: columns.LATENCY, unit: "ms" },
      {
        title: "difference to by hand",
        column: columns.LATENCY,
        comparison: "difference",
        unit: "ms",
        atMost: 2,
      },
    ],
  },
  d: {
    ...DEFAULTS,
    title: (messages) => `(d) ${count(messages)} repeats of one URL for one target`,
    plans: (messages) => [fenced(BY_URL, new Array(messages).fill(0))],
    // No wall time: repeats leave nothing to see, so their end is not known to the millisecond.
    columns: [CPU, LONGEST_TASK, REQUESTS],
    headlines: [{ title: "requests", column: REQUESTS, atMost: 2 }, cpuRatio()],
  },
  e: {
    ...DEFAULTS,
    title: (messages) => `(e) ${count(messages)} messages with URLs for absent targets`,
    rows: [...ALL_ROWS, "raw-look-first"],
    plans: (messages) => [
      fenced(
        BY_URL,
        numbers(messages).map((number) => FIRST_ABSENT_ITEM + number),
      ),
    ],
    columns: [CPU_PER_MESSAGE, LONGEST_TASK, REQUESTS],
    headlines: [
      { title: "CPU", column: CPU_PER_MESSAGE, unit: "ms a message", atMost: 0.12 },
      { title: "requests", column: REQUESTS },
    ],
  },
  f: {
    ...DEFAULTS,
    title: (messages) => `(f) ${count(messages)} messages with URLs, the last ${VISIBLE_TARGETS} for what is visible`,
    plans: (messages) => [visibleLast(BY_URL, messages, VISIBLE_TARGETS)],
    columns: [columns.VISIBLE, columns.WALL, CPU],
    headlines: [
      { title: "visible ones", column: columns.VISIBLE, comparison: "ratio", atMost: 0.12 },
      wallRatio(),
      cpuRatio(),
    ],
  },
  g: {
    ...DEFAULTS,
    title: () => `(g) inline messages on a page with ${count(FEW_TARGETS)} and with ${count(MANY_TARGETS)} targets`,
    plans: (messages) =>
      [FEW_TARGETS, MANY_TARGETS].map((targets) => repeatedly(INLINE, messages, targets, FEW_TARGETS)),
    columns: [
      columns.cpuPerMessage(`CPU ms a message, ${count(FEW_TARGETS)}`, 0),
      columns.cpuPerMessage(`CPU ms a message, ${count(MANY_TARGETS)}`, 1),
      columns.GROWTH,
    ],
    headlines: [{ title: "growth", column: columns.GROWTH, atMost: 1.1 }],
  },
  h: {
    title: (messages) => `(h) ${count(messages)} inline messages, ${count(MEMORY_TARGETS)} at a time: the heap`,
    rows: ["ours", "ours-before", "raw-sockjs"],
    messages: 100_000,
    repeats: 1,
    plans: (messages) => [replacingAgain(INLINE, messages, MEMORY_TARGETS)],
    columns: [columns.HEAP, columns.DOM, CPU_PER_MESSAGE, LONGEST_TASK],
    headlines: [{ title: "heap growth", column: columns.HEAP, unit: "kB", atMost: 1_000 }, cpuRatio()],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name);
}

/** Everything but the goals. */
function burst(name: string, shape: Shape) {
  const source = shape.hasSource ? " and a source" : "";
  const pattern = shape.hasPattern ? "" : ", no pattern in the snippet";
  const kind = shape.kind === "url" ? "a URL" : "the snippet";
  return {
    ...DEFAULTS,
    title: (messages: number) => `(${name}) ${count(messages)} messages with ${kind}${source}${pattern}`,
    plans: (messages: number) => [everyTargetOnce(shape, messages)],
    columns: [columns.WALL, CPU, LONGEST_TASK, REQUESTS],
  };
}

function count(number: number): string {
  return number.toLocaleString("en");
}
