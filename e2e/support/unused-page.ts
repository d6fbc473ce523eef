/** A page with the host and the library, and no element that uses it yet: where what the library leaves behind can be seen. */
import type { Page } from "@playwright/test";
import { keepLedger, type Ledger, ledger } from "./ledger.ts";
import { hostReady, libraryPage } from "./library-page.ts";
import { holdClock } from "./page-time.ts";
import type { PushServer } from "./push-server.ts";

/** The element that uses the library. */
export const ELEMENT = '<div class="pat-inject-async" id="element"></div>';

const BODY = '<ul id="list"></ul><div id="target"></div><div id="place"></div>';

/** Loads such a page and returns what is open on it by itself. The page's clock is the test's. */
export async function unusedPage(page: Page, push: PushServer): Promise<Ledger> {
  await holdClock(page);
  await keepLedger(page);
  await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body: BODY })));
  await hostReady(page);
  await page.clock.runFor(60_000); // the host's own timers, of which some outlast its start
  return ledger(page);
}
