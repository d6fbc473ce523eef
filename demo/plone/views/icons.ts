/** Icons drawn with strokes in the colour of the text. Hidden from screen readers, which read the words beside them. */

function icon(paths: string): string {
  return `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`;
}

export const icons = {
  alert: icon('<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.4v.1"/>'),
  back: icon('<path d="M19 12H5m6-6-6 6 6 6"/>'),
  bin: icon('<path d="M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5"/>'),
  bell: icon('<path d="M6 10a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7M10 20.5h4"/>'),
  check: icon('<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.7L16 9.5"/>'),
  download: icon('<path d="M12 4v11m-5-5 5 5 5-5M5 20h14"/>'),
  lock: icon('<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>'),
  more: icon('<path d="M5.5 12v.1M12 12v.1M18.5 12v.1"/>'),
  upload: icon('<path d="M12 16V5m-5 5 5-5 5 5M5 20h14"/>'),
} as const;
