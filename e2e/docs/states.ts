/** What a target can be for who looks at it, each once on one page: for the test of the designers' table, and its picture. */
import type { Page } from "@playwright/test";
import { hostReady, libraryPage } from "../support/library-page.ts";
import { bodyWith, placeholder } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";

/** The table's words, and the id of the element that is it. */
export const TARGETS = {
  "waits for its content": "waits",
  "is there": "ready",
  "could not be loaded": "failed",
  "is used by the user, and newer content waits": "used",
} as const;

/** Opens the page, and returns when each target is what it is called. */
export async function showStates(page: Page, push: PushServer, css: string): Promise<void> {
  push.snippet("/doc/waits", "").hold();
  push.snippet("/doc/ready", '<p id="ready">A preview</p>');
  push.snippet("/doc/failed", { status: 500, body: "" });
  const body = `${placeholder("waits", "/doc/waits")}${placeholder("ready", "/doc/ready")}
${placeholder("failed", "/doc/failed")}<p id="used"><input aria-label="Title" value="My"></p>`;
  const head = `<style>${css}</style>`;
  await page.goto(push.page("/states", libraryPage({ head, body, bodyAttributes: bodyWith("retries: 0") })));
  await hostReady(page);
  const socket = await push.nextSocket();
  await page.locator("#used input").fill("My words");
  socket.send({ html: '<input aria-label="Title" value="Theirs">', inject: "target: #used" });
  await page.locator("#used.has-update").waitFor();
  await page.locator("#failed.is-error").waitFor();
  await page.locator("#ready:not([aria-busy])").waitFor();
}
