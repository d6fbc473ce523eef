/**
 * `npm run browser`: makes sure that there is a Chromium for the end-to-end tests. Says and does nothing when there is.
 *
 * Debian's own package comes first where it can be installed: it brings the system libraries that a bare download lacks.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { installedChromium } from "./support/chromium.ts";

const DEBIAN = "apt-get update && apt-get install -y --no-install-recommends chromium";
const PLAYWRIGHT = "npx playwright install --no-shell chromium";

function hasBrowser(): boolean {
  return installedChromium() !== undefined || existsSync(chromium.executablePath());
}

function isDebianAsRoot(): boolean {
  const release = "/etc/os-release";
  return process.getuid?.() === 0 && existsSync(release) && /^ID=debian$/m.test(readFileSync(release, "utf8"));
}

const commands = isDebianAsRoot() ? [DEBIAN, PLAYWRIGHT] : [PLAYWRIGHT];
for (const command of commands) {
  if (hasBrowser()) break;
  process.stdout.write(`The end-to-end tests need a browser: ${command}\n`);
  spawnSync(command, { shell: true, stdio: "inherit" });
}

if (!hasBrowser()) {
  process.stderr.write(
    `No Chromium for the end-to-end tests. Tried:\n${commands.map((command) => `  ${command}\n`).join("")}` +
      "Install chromium or Google Chrome so that it is on PATH, or set CHROMIUM_PATH to it.\n",
  );
  process.exitCode = 1;
}
