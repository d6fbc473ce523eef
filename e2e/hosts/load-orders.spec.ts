/**
 * Every host in every load order: the pattern starts once, and what arrives works as if the host had injected it itself.
 *
 * One cell of the matrix by itself: `npx playwright test -c e2e/hosts -g "mockup 5.4.6 loaded late"`.
 */
import { BODY, expectEverythingWorks, prepare } from "./everything-works.ts";
import { onEachHost } from "./host-test.ts";
import { LOAD_ORDERS } from "./load-orders.ts";

onEachHost((test) => {
  for (const order of LOAD_ORDERS) {
    test(`loaded ${order.name}`, async ({ page, push, open, allow }) => {
      // Patternslib's own bundle, loaded async, at times looks for it beside the page.
      allow(/modernizr\.min\.js/);
      await prepare(page, push);
      await open(BODY, order);
      await expectEverythingWorks(page, push);
    });
  }
});
