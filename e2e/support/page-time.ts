/**
 * The page's own time and chance: so that a test need not wait for half a minute, or hope for a short delay.
 *
 * Sockets and requests stay real; only timers, the clock and `Math.random` of the page obey. Knows nothing of the library
 * but the name of its event for states.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { type State, stateOf } from "./opened.ts";
import type { PushServer } from "./push-server.ts";

/** Seconds. Less than the page's patience with anything that a test lets happen in this time. */
const STEP = 4;

/** Puts the page's clock into the test's hands. It runs like any clock until told otherwise. Before the page is loaded. */
export async function holdClock(page: Page): Promise<void> {
  await page.clock.install();
}

/** Stops the page's clock: from now on it moves only when the test says `page.clock.runFor` or `page.clock.resume`. */
export async function standStill(page: Page): Promise<void> {
  // A clock cannot be stopped in the past, and the order takes its time to arrive: from a second attempt on, it stands.
  await expect(async () => {
    const now = await page.evaluate(() => Date.now());
    await page.clock.pauseAt(now + 1_000);
  }).toPass({ intervals: [1] });
}

/**
 * Lets time pass on a page whose clock stands still, until the element shows one of these states: what sockets do needs real
 * time, and what the page makes of it the page's. While the clock runs, a state that lasts half a second may be over before it
 * was seen.
 *
 * @param element any element of the endpoint; the body by default.
 * @param step milliseconds: no more than what the state lasts.
 */
export async function passUntil(
  page: Page,
  states: State | readonly State[],
  element?: Locator,
  step = 10,
): Promise<void> {
  const awaited: readonly (string | null)[] = [states].flat();
  const look = async () => {
    const found = await stateOf(page, element);
    if (!awaited.includes(found)) await page.clock.runFor(step);
    return found;
  };
  await expect.poll(async () => awaited.includes(await look()), { intervals: [1] }).toBe(true);
}

/** Lets time pass on the page, a few seconds at once, with a request after each so that the network keeps up. */
export async function pass(page: Page, push: PushServer, seconds: number): Promise<void> {
  const url = push.page("/tick", "");
  for (let left = seconds; left > 0; left -= STEP) {
    await page.clock.runFor(Math.min(STEP, left) * 1_000);
    await page.evaluate((tick) => fetch(tick), url);
  }
}

/** Makes every random number of the page this one: 0 for no delay at all, 0.999 for the longest. Before the page is loaded. */
export async function loadDice(page: Page, value: number): Promise<void> {
  await page.addInitScript((fixed) => {
    Math.random = () => fixed;
  }, value);
}

export interface StateChange {
  readonly state: string;
  /** The page's own time, in milliseconds. */
  readonly at: number;
}

/** Writes down each change of the connection's state with the page's time. Before the page is loaded. */
export async function keepTimeline(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const timeline: StateChange[] = [];
    Reflect.set(window, "timeline", timeline);
    window.addEventListener(
      "pat-inject-async-state",
      (event) => {
        if (event instanceof CustomEvent) timeline.push({ state: event.detail.state, at: Date.now() });
      },
      { capture: true },
    );
  });
}

export function timeline(page: Page): Promise<readonly StateChange[]> {
  return page.evaluate((): readonly StateChange[] => Reflect.get(window, "timeline"));
}

/** How long the connection waited before each new attempt, in milliseconds, oldest first. */
export async function delays(page: Page): Promise<readonly number[]> {
  const changes = await timeline(page);
  return changes.flatMap(({ state, at }, index) => {
    const next = changes[index + 1];
    return state === "waiting" && next?.state === "connecting" ? [next.at - at] : [];
  });
}
