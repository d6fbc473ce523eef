/**
 * Which WebSocket frames have reached the page: how a test knows that a heartbeat, which leaves no other mark, was heard.
 *
 * Knows nothing of SockJS's framing.
 */
import { expect, type Page } from "@playwright/test";
import type { PushSocket } from "./push-socket.ts";

/** Counts from now on. Before the page is loaded. */
export async function countFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.set(window, "framesHeard", 0);
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener("message", () => {
          Reflect.set(window, "framesHeard", Reflect.get(window, "framesHeard") + 1);
        });
      }
    };
  });
}

/** Sends a heartbeat and waits until the page has heard it. */
export async function beat(page: Page, socket: PushSocket): Promise<void> {
  const heard = () => page.evaluate((): number => Reflect.get(window, "framesHeard"));
  const before = await heard();
  socket.sendFrame("h");
  await expect.poll(heard).toBe(before + 1);
}
