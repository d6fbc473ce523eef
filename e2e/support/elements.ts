/** Adding elements to a page as its host does with new content: first the markup, then the pattern on it. */
import type { Page } from "@playwright/test";

export async function addElements(page: Page, html: string): Promise<void> {
  await page.evaluate((text) => {
    const Pattern = window.__patternslib_registry?.["inject-async"];
    if (typeof Pattern !== "function") throw new Error(`expected the pattern in the registry, found ${Pattern}`);
    const template = document.createElement("template");
    template.innerHTML = text;
    const added = [...template.content.querySelectorAll(".pat-inject-async")];
    document.body.append(template.content);
    for (const element of added) Reflect.construct(Pattern, [element]);
  }, html);
}
