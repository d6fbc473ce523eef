import { defineConfig } from "@playwright/test";
import config from "../../playwright.config.ts";

/** The library on the hosts that people have: `npm run hosts`. As the end-to-end tests, but for the bundles it takes. */
export default defineConfig({
  ...config,
  testDir: ".",
  testIgnore: [],
  reporter: [["list"], ["../support/skipped-reporter.ts"]],
  expect: { timeout: 15_000 }, // a host that does not work fails often, and should not fail slowly
  outputDir: "../../test-results/hosts",
});
