import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./e2e/support/chromium.ts";

/** End-to-end tests: Chromium only, every test with servers of its own on free ports, so all may run at once. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  testIgnore: "hosts/**", // a project of its own: `npm run hosts`
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: "list",
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    launchOptions: chromiumLaunchOptions(),
    trace: "off", // a recording of every test would be a quarter of their time: `npx playwright test --trace on` for one
  },
});
