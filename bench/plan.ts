/** What a run does: which targets the page has, and which messages are sent when. Knows nothing of rows and figures. */
import { FENCE_ITEM, type Shape } from "./message.ts";

/** Messages that are sent at once, and the targets that show when they have been delivered. */
export interface Round {
  /** The message's targets, in the order in which the messages are sent. */
  readonly items: readonly number[];
  /** Targets that show the version when the round is done. */
  readonly expected: readonly number[];
  /** Those that are waited for on their own too. */
  readonly urgent?: readonly number[];
  readonly version: number;
}

export interface Plan {
  readonly shape: Shape;
  /** Targets on the page, from the top. */
  readonly items: readonly number[];
  /** Not measured. */
  readonly before?: readonly Round[];
  /** Each begins when the one before it is done. */
  readonly rounds: readonly Round[];
  /** Whether the page comes to rest between rounds. */
  readonly restsBetweenRounds?: boolean;
  readonly measuresHeap?: boolean;
}

/** One message for each target, all at once. */
export function everyTargetOnce(shape: Shape, messages: number): Plan {
  const items = numbers(messages);
  return { shape, items, rounds: [toEach(items)] };
}

/** One message after the other, each when the page is at rest again. */
export function oneByOne(shape: Shape, messages: number): Plan {
  const items = numbers(messages);
  return { shape, items, rounds: items.map((item) => toEach([item])), restsBetweenRounds: true };
}

/** What leaves nothing to see is over when a last message, for a target that is there, has been delivered. */
export function fenced(shape: Shape, items: readonly number[]): Plan {
  const rounds = [{ items: [...items, FENCE_ITEM], expected: [FENCE_ITEM], version: 1 }];
  return { shape, items: numbers(items.length), rounds };
}

/** One message for each target, all at once; the last ones are for the targets at the top of the page. */
export function visibleLast(shape: Shape, messages: number, visible: number): Plan {
  const items = numbers(messages);
  const urgent = items.slice(-visible);
  return { shape, items: [...urgent, ...items.slice(0, -visible)], rounds: [{ ...toEach(items), urgent }] };
}

/** Always for the last targets on the page, one message for each of them at once. */
export function repeatedly(shape: Shape, messages: number, targets: number, chosen: number): Plan {
  const last = numbers(targets).slice(-chosen);
  const rounds = numbers(Math.ceil(messages / chosen)).map((round) => toEach(last, round + 1));
  return { shape, items: numbers(targets), rounds };
}

/** What the page keeps of its content is there before; only what the deliveries leave behind can grow. */
export function replacingAgain(shape: Shape, messages: number, targets: number): Plan {
  const items = numbers(targets);
  const rounds = numbers(Math.ceil(messages / targets)).map((round) => toEach(items, round + 2));
  return { shape, items, before: [toEach(items)], rounds, measuresHeap: true };
}

export function numbers(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function toEach(items: readonly number[], version = 1): Round {
  return { items, expected: items, version };
}
