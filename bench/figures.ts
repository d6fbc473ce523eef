/** What is measured in a run, and the middle of several runs. Knows nothing of browsers and scenarios. */

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

/** Of each figure the median of the runs; of the longest task the worst, as a median would hide it. */
export function middle(runs: readonly Figures[]): Figures {
  const medianOf = (value: (figures: Figures) => number) => median(runs.map(value));
  return {
    wall: medianOf(({ wall }) => wall),
    round: medianOf(({ round }) => round),
    urgent: medianOf(({ urgent }) => urgent),
    cpu: medianOf(({ cpu }) => cpu),
    longest: Math.max(...runs.map(({ longest }) => longest)),
    requests: medianOf(({ requests }) => requests),
    scripts: medianOf(({ scripts }) => scripts),
    dom: medianOf(({ dom }) => dom),
    messages: medianOf(({ messages }) => messages),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
