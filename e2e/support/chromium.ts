/**
 * Which Chromium the end-to-end tests drive: one that is installed, or else Playwright's own download.
 *
 * Knows nothing of tests; the Playwright configuration, the installer and the screenshots all ask here.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { LaunchOptions } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The path of an installed Chromium: `CHROMIUM_PATH`, or the first of its usual names on `PATH`.
 *
 * @returns undefined when there is none.
 * @throws when `CHROMIUM_PATH` is set to something that cannot be run: a silent fallback would test another browser.
 */
export function installedChromium(): string | undefined {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH: expected an executable file, found ${given}`);
    return given;
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** How to launch it. The flags keep the browser from talking to anyone but the test's own servers. */
export function chromiumLaunchOptions(): LaunchOptions {
  const executablePath = installedChromium();
  const isRoot = process.getuid?.() === 0;
  return {
    // Without a path: Playwright's full Chromium, not its stripped headless shell.
    ...(executablePath === undefined ? { channel: "chromium" } : { executablePath }),
    args: [
      ...(isRoot ? ["--no-sandbox"] : []), // Chromium's sandbox refuses to run as root
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--disable-quic",
    ],
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
