/** Which of the documents that this page has sent wait for their previews, and how many of these come before each. */

/** To be called when one has begun to wait, or has had its turn. As in the queue, a user's cheap ones come first, then the oldest. */
export function tellPlaces(list: ParentNode): void {
  const waiting = [...list.querySelectorAll<HTMLElement>("[data-created]")]
    .flatMap((row) => {
      const place = row.querySelector(".place");
      return place ? { place, cost: Number(row.dataset["cost"]), created: Number(row.dataset["created"]) } : [];
    })
    .sort((a, b) => a.cost - b.cost || a.created - b.created);
  for (const [before, { place }] of waiting.entries()) {
    place.textContent = before === 0 ? "It is next." : `Before it: ${before} of these.`;
  }
}
