import { defineConfig } from "@playwright/test";
import config from "../../playwright.config.ts";

/** The library and the samples in a real Plone: `npm run plone:test`. One site, so one test after the other. */
export default defineConfig({
  ...config,
  testDir: ".",
  testIgnore: [],
  fullyParallel: false,
  workers: 1,
  reporter: [["list"], ["../support/skipped-reporter.ts"]],
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: "../../test-results/plone",
});
