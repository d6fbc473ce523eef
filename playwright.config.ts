import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./e2e/support/chromium.ts";

/** End-to-end tests: Chromium only, every test with servers of its own on free ports, so all may run at once. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  // Each has a configuration of its own.
  testIgnore: ["e2e/soak/**", "e2e/hosts/**", "e2e/plone/**", "e2e/themes/**"],
  fullyParallel: true,
  workers: 3, // on two cores: a third of the time a test waits for the other end
  retries: 0,
  timeout: 120_000, // on a machine five times as slow, too
  expect: { timeout: 45_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"], ["./e2e/support/skipped-reporter.ts"]],
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    launchOptions: chromiumLaunchOptions(),
    trace: "off", // a recording of every test would be a quarter of their time: `npx playwright test --trace on` for one
  },
});
