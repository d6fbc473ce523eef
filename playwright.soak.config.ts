import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** `npm run soak`: what needs minutes, a thousand repetitions, megabytes or the real clock to show. */
export default defineConfig({ ...config, testDir: "e2e/soak", testIgnore: [], workers: 2, timeout: 240_000 });
