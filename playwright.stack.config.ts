import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** `npm run soak:stack`: everything that can go away does, while many documents are on their way. */
export default defineConfig({ ...config, testDir: "e2e/stack", testMatch: "*.soak.ts", workers: 1, timeout: 240_000 });
