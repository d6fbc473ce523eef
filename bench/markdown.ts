/** Markdown, as far as the reports need it. */

/** @param alignment of all columns but the first. */
export function markdownTable(
  header: readonly string[],
  body: readonly (readonly string[])[],
  alignment: "numbers" | "text",
): string {
  const rule = header.map((_, index) => (index === 0 || alignment === "text" ? "---" : "--:"));
  return [header, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export function format(value: number, digits = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
