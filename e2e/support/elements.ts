/** Adding elements to a page as its host does with new content: first the markup, then the pattern on it. */
import type { Page } from "@playwright/test";

/** Adds them at the end of the body. */
export async function addElements(page: Page, html: string): Promise<void> {
  await page.evaluate(addInPage, { html, place: "body", isFresh: false });
}

/** Puts them into `<main>` in place of what was there: how one page goes through a table of cases. */
export async function fill(page: Page, html: string): Promise<void> {
  await page.evaluate(addInPage, { html, place: "main", isFresh: true });
}

interface Addition {
  readonly html: string;
  readonly place: string;
  readonly isFresh: boolean;
}

// Runs in the page, and so must not use anything from outside itself.
function addInPage({ html, place, isFresh }: Addition): void {
  const Pattern = window.__patternslib_registry?.["inject-async"];
  if (typeof Pattern !== "function") throw new Error(`expected the pattern in the registry, found ${Pattern}`);
  const template = document.createElement("template");
  template.innerHTML = html;
  const added = [...template.content.querySelectorAll(".pat-inject-async")];
  const parent = document.querySelector(place);
  if (isFresh) parent?.replaceChildren();
  parent?.append(template.content);
  for (const element of added) Reflect.construct(Pattern, [element]);
}
