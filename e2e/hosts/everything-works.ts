/**
 * What has to work on a page, however it came to its host: messages, patterns in what they bring, markers, each once.
 *
 * Knows nothing of bundles and load orders.
 */
import type { Page } from "@playwright/test";
import { drainEvents, expect, hostReady, nextEvent } from "../support/fixture.ts";
import { expectState } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";
import { countPatterns, initialised, installProbe, PROBE, patternsReady, scanned } from "./probe.ts";

/** The body of the page. */
export const BODY = `
  <a class="pat-inject" id="own" href="/own" data-pat-inject="source: #o; target: #from-host">Own</a>
  <p id="from-host"></p>
  <p id="fetched"></p>
  <p id="inline"></p>
  <p id="described"></p>
  <p id="list"><i>1</i></p>
  <div id="target"></div>
  <p id="more"></p>
  <p id="sent"></p>
  <p class="pat-push" id="count" data-pat-push="url: /count; push-id: counter"></p>
  <a class="pat-inject" href="/pushed" data-pat-inject="source: #p; target: #pushed::after; push-marker: counter">Pushed</a>
  <p id="pushed"></p>
`;

/** Its form is invalid: pat-validation has to be there before pat-inject for it not to be sent. */
const PATTERNS = `
  <div id="patterns">
    ${PROBE}
    <a class="pat-inject" href="/more" data-pat-inject="source: #m; target: #more::after">More</a>
    <form class="pat-inject pat-validation" action="/send" data-pat-inject="source: #s; target: #sent">
      <input name="name" required><button>Send</button>
    </form>
  </div>
`;

/** Before the page is loaded. */
export async function prepare(page: Page, push: PushServer): Promise<void> {
  await countPatterns(page);
  push.snippet("/own", `<p id="o">own ${PROBE}</p>`);
  push.snippet("/doc/fetched", '<p id="f">fetched</p>');
  push.snippet("/doc/described", '<p id="described">described</p>');
  push.snippet("/doc/patterns", PATTERNS);
  push.snippet("/more", '<p id="m">more</p>');
  push.snippet("/send", '<p id="s">sent</p>');
  push.snippet("/count", "7");
  push.snippet("/pushed", '<p id="p">pushed</p>');
}

/** @param page with {@link BODY}, loaded, its host perhaps still on the way. */
export async function expectEverythingWorks(page: Page, push: PushServer): Promise<void> {
  const socket = await push.nextSocket();
  await expectState(page, "open");
  await hostReady(page);

  await hostWorks(page);
  await everyMessageIsInjected(page, socket);
  await patternsWork(page, push, socket);
  await markersReachPatterns(page, push, socket);

  expect(await initialised(page)).toEqual(["body"]);
  expect(push.sockets).toHaveLength(1);
  expect(push.requestsFor("/push/info")).toHaveLength(1);
}

/** What is compared with: the host injects by itself, and tells the probe's listener of it. */
async function hostWorks(page: Page): Promise<void> {
  await installProbe(page);
  await page.locator("#own").click();
  await expect(page.locator("#from-host")).toHaveText("own probe");
  await expect(page.locator("#from-host .pat-probe")).toHaveAttribute("data-inits", "1");
}

async function everyMessageIsInjected(page: Page, socket: PushSocket): Promise<void> {
  await drainEvents(page);
  socket.send({ url: "/doc/fetched", inject: "source: #f; target: #fetched" });
  await expect(page.locator("#fetched")).toHaveText("fetched");
  socket.send({ html: "<i>inline</i>", inject: "target: #inline" });
  await expect(page.locator("#inline")).toHaveText("inline");
  socket.send("/doc/described");
  await expect(page.locator("#described")).toHaveText("described");
  socket.send({ html: "<i>0</i>", inject: "target: #list::before" });
  socket.send({ html: "<i>2</i>", inject: "target: #list::after" });
  await expect(page.locator("#list")).toHaveText("012");
  socket.send({ html: "<b>3</b>", inject: "target: #list::element::after" });
  await expect(page.locator("#list + b")).toHaveText("3");
  const told = (await drainEvents(page)).flatMap((event) =>
    event.type === "pat-inject-async-injected" && "detail" in event ? [event.detail["target"]] : [],
  );
  expect(told).toEqual(["#fetched", "#inline", "#described", "#list", "#list", "#list"]);
}

async function patternsWork(page: Page, push: PushServer, socket: PushSocket): Promise<void> {
  socket.send({ url: "/doc/patterns", inject: "source: #patterns::element; target: #target" });
  await nextEvent(page, "pat-inject-async-injected", { target: "#target" });
  await patternsReady(page, "patterns");
  await expect(page.locator("#patterns .pat-probe")).toHaveAttribute("data-inits", "1");
  expect(await scanned(page)).toContain("patterns");

  await page.locator("#patterns a").click();
  await expect(page.locator("#more")).toHaveText("more");
  expect(push.requestsFor("/more")).toHaveLength(1);

  await page.locator("#patterns button").click();
  await expect(page.locator("#patterns form em")).not.toBeEmpty();
  socket.send({ html: "later", inject: "target: #inline" });
  await expect(page.locator("#inline")).toHaveText("later");
  expect(push.requestsFor("/send")).toHaveLength(0);
  await page.locator("#patterns input").fill("Jane");
  await page.locator("#patterns button").click();
  await expect(page.locator("#sent")).toHaveText("sent");
  expect(push.requestsFor("/send")).toHaveLength(1);
}

async function markersReachPatterns(page: Page, push: PushServer, socket: PushSocket): Promise<void> {
  socket.send({ type: "push", marker: "counter" });
  await expect(page.locator("#pushed")).toHaveText("pushed");
  const hasPush = await page.evaluate(() => "push" in (window.__patternslib_registry ?? {}));
  if (hasPush) await expect(page.locator("#count")).toHaveText("7");
  expect(["/pushed", "/count"].map((path) => push.requestsFor(path).length)).toEqual([1, hasPush ? 1 : 0]);
}
