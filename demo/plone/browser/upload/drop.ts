/** Files dropped anywhere on the page, and what else is dropped. Knows nothing of what is done with them. */

export interface Dropped {
  readonly files: readonly File[];
  /** Their names. */
  readonly folders: readonly string[];
  readonly isLink: boolean;
}

/** The page shows that it would take them: a class of the body. */
const CLASS = "is-dropping";

export function onDrop(take: (dropped: Dropped) => void): void {
  const show = (isShown: boolean) => document.body.classList.toggle(CLASS, isShown);
  document.addEventListener("dragover", (event) => {
    if (!concerns(event)) return;
    event.preventDefault();
    show(true);
  });
  // The last one, on the way out of the window, has no successor.
  document.addEventListener("dragleave", ({ relatedTarget }) => show(relatedTarget !== null));
  document.addEventListener("dragend", () => show(false));
  document.addEventListener("drop", (event) => {
    show(false);
    if (!concerns(event) || !event.dataTransfer) return;
    // A browser leaves the page for what is dropped on it.
    event.preventDefault();
    take(contentOf(event.dataTransfer));
  });
}

function concerns({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  const isField = target instanceof Element && target.matches("input:not([type=file]), textarea");
  return types.includes("text/uri-list") && !isField;
}

function contentOf({ items }: DataTransfer): Dropped {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry.name);
    else if (file) files.push(file);
  }
  return { files, folders, isLink: files.length === 0 && folders.length === 0 };
}
