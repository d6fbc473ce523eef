/**
 * A browser with a window of its own. The pages in it are its tabs: the one in front is visible, the others are truly hidden.
 *
 * Playwright tells every page it opens that it has the focus, which makes all of them visible at all times. Attached to a
 * browser as it is, over its debugging port, it does not.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, type BrowserServer, chromium, expect } from "@playwright/test";
import { chromiumLaunchOptions } from "./chromium.ts";

export interface Window {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function openWindow(): Promise<Window> {
  const { args = [], ...options } = chromiumLaunchOptions();
  const server = await chromium.launchServer({
    ...options,
    args: [...args, "--remote-debugging-port=0"],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const browser = await chromium.connectOverCDP(await debuggingAddress(server), { noDefaults: true });
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("expected the browser's own context, found none");
  return {
    context,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** Chromium chooses a free port and writes it into its profile, whose place Playwright chooses. */
async function debuggingAddress(server: BrowserServer): Promise<string> {
  const option = "--user-data-dir=";
  const profile = server.process().spawnargs.find((argument) => argument.startsWith(option));
  if (profile === undefined) throw new Error(`expected Chromium to be started with ${option}`);
  let port: string | undefined;
  await expect(async () => {
    const text = await readFile(join(profile.slice(option.length), "DevToolsActivePort"), "utf8");
    // The file is there a moment before its two lines are.
    port = /^(\d+)\n\S/.exec(text)?.[1];
    expect(port).toBeDefined();
  }).toPass();
  return `http://127.0.0.1:${port}`;
}
