import { defineConfig } from "@playwright/test";
import base from "../../playwright.config.ts";

/** The themes of examples/, installed from the package registry and built: minutes, not seconds. */
export default defineConfig({
  ...base,
  testDir: ".",
  testIgnore: [],
  reporter: [["list"], ["../support/skipped-reporter.ts"]],
  timeout: 600_000,
  outputDir: "../../test-results/themes",
});
