/** What a page looks like, as text to compare: all that scripts have made, without what differs from time to time. */
import type { Page } from "@playwright/test";

/** Waits until scripts have done with the page, and returns what it looks like then. */
export async function snapshot(page: Page): Promise<string> {
  return page.evaluate(async (quietMs) => {
    await new Promise<void>((resolve) => {
      const done = () => {
        observer.disconnect();
        resolve();
      };
      let timer = setTimeout(done, quietMs);
      const observer = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(done, quietMs);
      });
      observer.observe(document, { attributes: true, childList: true, characterData: true, subtree: true });
    });
    const lines: string[] = [];
    const write = (node: Node, depth: number) => {
      const indent = " ".repeat(depth);
      if (node instanceof Text && node.data.trim()) lines.push(indent + node.data.trim());
      if (
        !(node instanceof Element) ||
        node.matches(
          "script, style, #push-fence, .select2-sizer, .select2-drop, .select2-hidden-accessible, .is-hidden.pika-single, .dz-hidden-input, .riform, .modal-backdrop, .tox-silver-sink",
        )
      )
        return;
      const attributes = Array.from(node.attributes, ({ name, value }) => {
        const text =
          name === "class"
            ? value
                .split(/\s+/)
                .filter((one) => one && one !== "has-value")
                .sort()
                .join(" ")
            : value;
        return text
          ? `${name}="${text.replace(/(?<=\bid)[0-9a-z]{3,}\b|(?<=\bid)[0-9a-f]{3,}(?=_)|\d{3,}|(?<=[-_]|autogen|view|slick-slide(?:-control)?)\d+|[0-9a-f]{8}-[0-9a-f-]+|(?<=pika-title-)[a-z]{2}\b/g, "N")}"`
          : "";
      });
      const isOurs = /pat-inject-async|has-update|^data-value|^srcdoc/;
      const kept = attributes.filter((text) => text && !isOurs.test(text)).sort();
      const isField =
        node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
      const state = isField ? [`holds ${node.value} ${"checked" in node ? node.checked : ""}`] : [];
      lines.push(indent + [node.localName, ...kept, ...state].join(" "));
      for (const child of node.childNodes) write(child, depth + 1);
    };
    for (const child of document.body.childNodes) write(child, 0);
    return lines.join("\n");
  }, QUIET_MS);
}

/** Longer than what patterns put off, in milliseconds. */
const QUIET_MS = 120;
