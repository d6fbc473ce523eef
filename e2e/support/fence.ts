/**
 * `await push.settled(page)`: everything that the push server has sent to the page so far has been dealt with. It has
 * arrived, its snippet was fetched where it names one, and it is in place, waits for something, or was given up.
 *
 * Uses only what a page shows to everyone: the library's events and the page's requests. Knows nothing of how the library
 * works, except that it reads messages in the order in which they arrive.
 *
 * A round sends a fence, which is a message for an element of its own, and waits until the page says that it is in place.
 * Rounds are repeated until nothing has moved during one: no event of the library, no request begun or ended, and none
 * under way but those whose answers the test holds back. The races that this has to survive:
 *
 * 1. A message sent earlier is still on its way. The fence is behind it on the same connection.
 * 2. The connection is lost with messages, or the fence, on it. The fence is sent again on the next one, after the replay.
 * 3. The fence comes between open and welcome. The library holds back what has a position and lets pass what has none, so
 *    the fence is sent only when the welcome and the replay are out.
 * 4. Content that came with its message is in the injector's queue. The fence is behind it there. If the library put the
 *    fence in place first, the events of the others would be a movement, and lead to another round.
 * 5. A message was read and its request has not begun: the library waits to know what is in the viewport, or for other
 *    URLs to ask for together. Each round ends with an IntersectionObserver of its own, which the browser calls after those
 *    that observed before it. The request is a movement.
 * 6. A request has ended and its answer is being read, parsed or put in place; or the next in the library's queue has not
 *    begun. The end of the request is a movement, so one more fence goes from server to page after it, and everything that
 *    the answer leads to is a movement again.
 * 7. An answer is held back by the test, so it cannot come. Its request does not count once the server has received it:
 *    before that, the page may still have something to do.
 * 8. An older fence is replaced by a newer one before it is in place, as the library does with content for one target. The
 *    newer one passing is as good.
 * 9. The page's clock stands still. Neither messages nor observers need it; what the page has put off until later (a retry,
 *    a fetch that is spread out) is the test's to bring on with `page.clock`, and is not waited for.
 *
 * It cannot be used after a redirect to another origin that the browser does not allow: Chromium begins such a request anew
 * and never says that the first one has ended.
 */
import type { Page, Request } from "@playwright/test";

/** The element for the fences, in every page of library-page.ts; another page gets it when it is asked for. */
export const FENCE_ELEMENT = '<i id="push-fence" hidden></i>';

/** How long a page may take to settle, in milliseconds, before the test fails with what was found instead. */
const PATIENCE = 15_000;

const TRACE = /^fence-(\d+)$/;
/** SockJS's own requests may be under way for as long as the connection is. */
const SOCKJS = /\/push\//;

/** What the fence needs of the push server. */
export interface FencedServer {
  /** Sends the message on each connection, and on each that comes, after the replay. Returns how to stop. */
  keepSending(message: Readonly<Record<string, unknown>>): () => void;
  /** The addresses of the requests whose answers the test holds back. */
  readonly held: readonly string[];
}

/** What moves on one page. */
class Movements {
  /** Counts events and requests, begun or ended. */
  count = 0;
  readonly #underWay = new Set<Request>();
  readonly #waiting = new Set<{ readonly number: number; readonly resolve: () => void }>();

  constructor(page: Page) {
    const ended = (request: Request) => this.#note(request, () => this.#underWay.delete(request));
    page.on("request", (request) => {
      // A document that is left takes its requests with it, and not all of them are said to have failed.
      if (request.isNavigationRequest()) this.#underWay.clear();
      this.#note(request, () => this.#underWay.add(request));
    });
    page.on("requestfinished", ended);
    page.on("requestfailed", ended);
  }

  /** @returns whether it was the fence's own event, which no test should see. */
  hear(detail: Readonly<Record<string, unknown>>, isInPlace: boolean): boolean {
    const number = TRACE.exec(String(detail["trace"]))?.[1];
    if (number === undefined) {
      this.count += 1;
      return false;
    }
    for (const waiting of this.#waiting) {
      if (isInPlace && waiting.number <= Number(number)) waiting.resolve();
    }
    return true;
  }

  /** Settles when this fence, or a newer one, is in place. */
  passed(number: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.add({ number, resolve }));
  }

  /** The addresses that the page asks for and that are not held back. */
  underWay(held: readonly string[]): readonly string[] {
    const left = [...held];
    return [...this.#underWay]
      .map((request) => request.url())
      .filter((url) => {
        const { pathname, search } = new URL(url);
        const index = left.indexOf(pathname + search);
        if (index >= 0) left.splice(index, 1);
        return index < 0;
      });
  }

  #note(request: Request, change: () => void): void {
    if (SOCKJS.test(request.url())) return;
    change();
    this.count += 1;
  }
}

const watched = new WeakMap<Page, Movements>();
let fences = 0;

/** Begins to watch what moves on the page. Before it is loaded. */
export function watchMovements(page: Page): Movements {
  const movements = new Movements(page);
  watched.set(page, movements);
  return movements;
}

/** See above. To be called as `push.settled(page)`. */
export async function settled(page: Page, server: FencedServer): Promise<void> {
  const movements = watched.get(page);
  if (movements === undefined) throw new Error("expected a recorded page, found one that record() has not seen");
  const end = Date.now() + PATIENCE;
  for (;;) {
    const before = movements.count;
    const hasPassed = await within(end - Date.now(), round(page, server, movements));
    const underWay = movements.underWay(server.held);
    if (hasPassed && movements.count === before && underWay.length === 0) return;
    if (Date.now() < end) continue;
    const found = hasPassed ? "movements" : "no injection of the fence";
    throw new Error(
      `expected the page to settle within ${PATIENCE / 1_000} s, found ${[found, ...underWay].join(" ")}`,
    );
  }
}

async function round(page: Page, server: FencedServer, movements: Movements): Promise<void> {
  fences += 1;
  const passed = movements.passed(fences);
  const stop = server.keepSending({ html: `${fences}`, inject: "target: #push-fence", trace: `fence-${fences}` });
  try {
    await page.evaluate(putFence, FENCE_ELEMENT);
    await passed;
    await page.evaluate(look);
  } finally {
    stop();
  }
}

// Runs in the page.
function putFence(html: string): void {
  if (!document.querySelector("#push-fence")) document.body.insertAdjacentHTML("beforeend", html);
}

// Runs in the page. A hidden page is not painted, and nothing comes into its view either.
function look(): Promise<void> | void {
  if (document.hidden) return;
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe(document.documentElement);
  });
}

/** @returns whether the promise has settled within so many milliseconds. */
async function within(milliseconds: number, promise: Promise<void>): Promise<boolean> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    deadline = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(deadline);
  }
}
