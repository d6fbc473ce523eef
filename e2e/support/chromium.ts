/**
 * Which Chromium the end-to-end tests drive: one that is installed, or else Playwright's own download.
 *
 * Knows nothing of tests; the Playwright configuration, the installer and the screenshots all ask here.
 */
import type { LaunchOptions } from "@playwright/test";
import { installedProgram } from "./program.ts";

/**
 * What Playwright turns off. Chromium obeys one list only, the last: with one of our own, Playwright's has to be repeated in
 * it, and chromium.test.ts compares the two.
 */
const OFF_IN_PLAYWRIGHT = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  "msForceBrowserSignIn",
  "msEdgeUpdateLaunchServicesPreferredVersion",
];

/**
 * Each new window loads two hidden pages, with which its address bar would make suggestions, and keeps a process in reserve.
 * Together they cost as much time as the page of a test.
 */
const UNUSED = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of an installed Chromium: `CHROMIUM_PATH`, or the first of its usual names; undefined when there is none. */
export function installedChromium(): string | undefined {
  return installedProgram("CHROMIUM_PATH", NAMES);
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
      `--disable-features=${[...OFF_IN_PLAYWRIGHT, ...UNUSED].join(",")}`,
    ],
  };
}
