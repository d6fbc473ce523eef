/** A pattern that changes its element, and how to see that it works. Knows nothing of morphing. */
import type { Page } from "@playwright/test";

export interface ChangingPattern {
  /** Its name in the registry. */
  readonly pattern: string;
  /** @param own a text of the element's own. */
  html(own: string): string;
  /** Waits until the pattern has done what it puts off. */
  ready?(page: Page): Promise<unknown>;
  /** What a user does with it, once and once more. Without it, what the pattern makes of its element is all. */
  use?(page: Page): Promise<unknown>;
  /** What the pattern has made, or has made when it was used: a selector. */
  readonly made: string;
}

/** A click that does not wait for what animations move. */
export const click = (selector: string) => (page: Page) => page.locator(selector).first().click({ force: true });

/** A click by script: where it is on the screen does not matter. */
export const press = (selector: string) => (page: Page) => page.locator(selector).first().dispatchEvent("click");

export const hover = (selector: string) => (page: Page) => page.locator(selector).first().hover({ force: true });

/** A picture of one point. */
export const PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
