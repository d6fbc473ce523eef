/** What a page shows of its documents: each of them, in its places, with a preview, a reason, or neither yet. */
import type { Page } from "@playwright/test";

export interface ShownDocuments {
  /** By uid, once for each time that it is shown in the listing. */
  readonly listed: readonly string[];
  readonly previews: readonly string[];
  readonly reasons: readonly string[];
  /** Neither, or more is to come. */
  readonly waiting: readonly string[];
}

export async function shownDocuments(page: Page): Promise<ShownDocuments> {
  const shown = await page.locator('#documents [id^="preview-"][id$="-listing"]').evaluateAll((elements) =>
    elements.map((element) => ({
      uid: element.id.split("-")[1] ?? "",
      hasPreview: element.querySelector('img[src*="@@preview/"]') !== null,
      hasReason: element.querySelector(".is-reason") !== null,
      isBusy: element.getAttribute("aria-busy") === "true",
    })),
  );
  const uids = (condition: (document: (typeof shown)[number]) => boolean) =>
    shown.filter(condition).map(({ uid }) => uid);
  return {
    listed: shown.map(({ uid }) => uid),
    previews: uids(({ hasPreview }) => hasPreview),
    reasons: uids(({ hasReason }) => hasReason),
    waiting: uids(({ hasPreview, hasReason, isBusy }) => isBusy || !(hasPreview || hasReason)),
  };
}
