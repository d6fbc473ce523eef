/**
 * What every test of a host starts from: its bundle, and a page with it.
 *
 * Where pip was missing, the tests of Plone's bundles say so and are skipped; in CI they fail.
 */
import { test as base } from "../support/fixture.ts";
import { type TestedBundle, testedBundles } from "./bundles.ts";
import { type LoadOrder, openHost } from "./load-orders.ts";

interface HostFixtures {
  readonly bundle: TestedBundle;
  /** Loads a page with the bundle, the library and this in `<main>`: its document has been parsed then. */
  readonly open: (body: string, order?: LoadOrder) => Promise<void>;
}

const test = base.extend<HostFixtures>({
  bundle: [{ name: "none", folder: undefined }, { option: true }],

  open: async ({ page, push, bundle: { name, folder } }, use) => {
    const isMissing = folder === undefined;
    test.skip(isMissing && !process.env["CI"], `${name} has not been fetched: \`npm run hosts:get\` needs pip for it`);
    if (isMissing) throw new Error(`expected ${name} in e2e/hosts/.cache, where \`npm run hosts:get\` puts it`);
    await use((body, order) => openHost(page, push, folder, body, order));
  },
});

/** Declares tests for each bundle. Their titles begin with its name. */
export function onEachHost(declare: (it: typeof test) => void): void {
  for (const bundle of testedBundles()) {
    test.describe(bundle.name, () => {
      test.use({ bundle });
      declare(test);
    });
  }
}
