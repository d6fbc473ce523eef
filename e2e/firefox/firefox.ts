/**
 * Debian's Firefox ESR, driven over WebDriver BiDi: Playwright drives only builds of its own.
 *
 * Knows nothing of what is tested.
 */
import puppeteer, { type Browser } from "puppeteer-core";
import { installedProgram } from "../support/program.ts";

/**
 * The path of an installed Firefox: `FIREFOX_PATH`, or the first of its usual names; undefined when there is none.
 *
 * @throws in continuous integration when there is none.
 */
export function installedFirefox(): string | undefined {
  const found = installedProgram("FIREFOX_PATH", ["firefox-esr", "firefox"]);
  if (!found && process.env["CI"]) throw new Error("expected Firefox, found no firefox-esr or firefox on PATH");
  return found;
}

export function launchFirefox(executablePath: string): Promise<Browser> {
  return puppeteer.launch({ browser: "firefox", executablePath, headless: true });
}
