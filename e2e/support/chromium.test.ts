/** Turning off what no test needs of Chromium must not turn on again what Playwright turns off. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "@playwright/test";
import { chromiumLaunchOptions } from "./chromium.ts";

const FEATURES = /--disable-features=(\S+)/g;

test("of Chromium's features, all are off that Playwright turns off, and some more", async () => {
  const { args = [] } = chromiumLaunchOptions();
  // What cannot be launched is said with its whole command line, our own arguments at the end.
  const launched = await chromium.launch({ executablePath: process.execPath, args }).catch(String);
  const [theirs = [], ours = []] = [...String(launched).matchAll(FEATURES)].map(([, list = ""]) => list.split(","));
  assert.ok(theirs.length > 0);
  assert.deepEqual(
    theirs.filter((feature) => !ours.includes(feature)),
    [],
  );
  assert.ok(ours.length > theirs.length);
});
