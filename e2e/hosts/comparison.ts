/**
 * The same snippet twice into the same place: once by the library, once by the host's own pat-inject. What differs is the
 * library's fault, or a new host's change.
 */
import type { JSHandle, Page } from "@playwright/test";
import { drainEvents, expect } from "../support/fixture.ts";
import { type HostApi, hostApi } from "../support/host-api.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

/** The body of a page to compare on. */
export const PLACE = '<div id="place"></div>';

export interface Injected {
  /** What is in the place before. */
  readonly before: string;
  readonly snippet: string;
  /** pat-inject's. */
  readonly argument: string;
}

export class Comparison {
  readonly api: JSHandle<HostApi>;
  readonly #page: Page;
  readonly #push: PushServer;
  readonly #socket: PushSocket;
  #count = 0;

  private constructor(page: Page, push: PushServer, socket: PushSocket, api: JSHandle<HostApi>) {
    this.#page = page;
    this.#push = push;
    this.#socket = socket;
    this.api = api;
  }

  /** @param page with {@link PLACE}, the host and the library on it. */
  static async start(page: Page, push: PushServer): Promise<Comparison> {
    const socket = await push.nextSocket();
    return new Comparison(page, push, socket, await hostApi(page));
  }

  /** Returns what is in the place then, or why it was not injected. */
  async byLibrary({ before, snippet, argument }: Injected): Promise<string> {
    const url = this.#serve(snippet);
    await this.#reset(before);
    await drainEvents(this.#page);
    this.#socket.send({ url, inject: argument });
    let outcome = "";
    const isOver = async () => {
      for (const event of await drainEvents(this.#page)) {
        if ("detail" in event && /-(injected|error|rejected)$/.test(event.type)) {
          outcome = event.type.endsWith("injected") ? "" : `${event.type}: ${JSON.stringify(event.detail)}`;
          return true;
        }
      }
      return false;
    };
    await expect.poll(isOver, `by the library: ${argument}`).toBe(true);
    return outcome || this.#html();
  }

  /** Returns what is in the place then. */
  async byHost({ before, snippet, argument }: Injected): Promise<string> {
    // pat-inject finds its default source only in a document.
    const url = this.#serve(`<body>${snippet}</body>`);
    await this.#reset(before);
    await this.api.evaluate(
      ({ execute }, given) =>
        new Promise<void>((resolve) => {
          const trigger = document.createElement("a");
          trigger.id = "trigger";
          trigger.setAttribute("href", given.url);
          trigger.setAttribute("data-pat-inject", given.argument);
          trigger.addEventListener("pat-inject-success", () => {
            trigger.remove();
            resolve();
          });
          document.body.append(trigger);
          execute("#trigger");
        }),
      { url, argument },
    );
    return this.#html();
  }

  #serve(snippet: string): string {
    const url = `/folder/${++this.#count}/doc`;
    this.#push.snippet(url, snippet);
    return url;
  }

  async #reset(before: string): Promise<void> {
    await this.#page.locator("#place").evaluate((place, html) => {
      place.innerHTML = html;
    }, before);
  }

  /** Without what does not count: classes that pat-inject gave and took, and the number in the snippet's address. */
  async #html(): Promise<string> {
    const html = await this.#page.locator("#place").innerHTML();
    return html
      .replaceAll(/ class="(?:injecting|injecting-\w+| )*"/g, "")
      .replaceAll(this.#push.url, "")
      .replaceAll(/\/folder\/\d+\//g, "/folder/N/");
  }
}
