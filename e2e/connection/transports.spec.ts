/**
 * Every transport of SockJS keeps the promise, through a line that is cut. What a transport does when its line goes dead is in
 * soak/dead-lines.spec.ts.
 */
import { expect, test } from "../support/fixture.ts";
import { FALLBACK, item, items, opened, upToDate } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import { blockAllBut, TRANSPORTS } from "../support/transports.ts";

for (const [how, deny] of [
  ["without WebSockets", () => void Reflect.deleteProperty(window, "WebSocket")],
  [
    "that is denied its WebSockets",
    () => {
      const denied = class {
        constructor() {
          throw new DOMException("insecure", "SecurityError");
        }
      };
      Reflect.set(window, "WebSocket", denied);
    },
  ],
] as const) {
  test(`a page ${how} takes the next transport`, async ({ page, push, allow }) => {
    allow(FALLBACK);
    await page.addInitScript(deny);
    const socket = await opened(page, push, { ...upToDate(push), body: '<ul id="list"></ul>' });
    expect(socket.transport).toBe("xhr-streaming");
    push.broadcast(item(1));
    await expect(items(page)).toHaveText(["1"]);
  });
}

for (const transport of TRANSPORTS) {
  test(`everything arrives once and in order over ${transport}, cut or not`, async ({ page, push, allow }) => {
    allow(FALLBACK);
    await loadDice(page, 0);
    blockAllBut(push, transport);
    const lines: string[] = [];
    page.on("console", (line) => line.type() === "warning" && lines.push(line.text()));
    const socket = await opened(page, push, { ...upToDate(push), body: '<ul id="list"></ul>' });
    expect(socket.transport).toBe(transport);
    for (const count of [1, 2]) push.broadcast(item(count));
    await push.settled(page);
    await expect(items(page)).toHaveText(["1", "2"]);

    push.broadcast(item(3));
    push.sockets.at(-1)?.drop();
    push.broadcast(item(4));
    await push.settled(page);
    push.broadcast(item(5));
    await push.settled(page);
    await expect(items(page)).toHaveText(["1", "2", "3", "4", "5"]);
    expect(push.sockets.at(-1)?.transport).toBe(transport);
    const line = `pat-inject-async: ${push.url}/push: expected a WebSocket, found ${transport}: does a proxy keep upgrades away?`;
    expect(lines).toEqual(transport === "websocket" ? [] : [line]);
  });
}
