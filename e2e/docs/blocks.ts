/** The documents, and the code in them, block by block. Knows nothing of what is done with it. */
import { readdirSync, readFileSync } from "node:fs";
import { ROOT } from "../support/packed.ts";

export interface Block {
  /** For the test's name, e.g. `docs/back-end.md:42`. */
  readonly place: string;
  readonly text: string;
}

/** The languages for which there is a test, and texts that are no code. */
const LANGUAGES = ["css", "html", "js", "json", "mermaid", "nginx", "python", "sh", "ts", "xml", "text", ""] as const;
export type Language = (typeof LANGUAGES)[number];

export const DOCUMENTS: readonly string[] = [
  "README.md",
  "PROTOCOL.md",
  "examples/README.md",
  ...["plone", "celery", "tornado"].map((name) => `examples/${name}/README.md`),
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** @throws for a block in a language that no test knows. */
export function blocksOf(language: Language): readonly Block[] {
  return DOCUMENTS.flatMap(readBlocks)
    .filter((block) => block.language === language)
    .map(({ place, text }) => ({ place, text }));
}

function readBlocks(document: string): readonly (Block & { readonly language: Language })[] {
  const blocks: (Block & { readonly language: Language })[] = [];
  let begun: { readonly line: number; readonly language: Language } | undefined;
  const lines = readFileSync(ROOT + document, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    const found = /^```(\w*)$/.exec(line)?.[1];
    if (found === undefined) continue;
    const place = `${document}:${(begun?.line ?? index) + 1}`;
    if (begun === undefined) {
      const language = LANGUAGES.find((known) => known === found);
      if (language === undefined) throw new Error(`${place}: expected one of ${LANGUAGES.join(" ")}, found ${found}`);
      begun = { line: index, language };
    } else {
      blocks.push({ place, language: begun.language, text: `${lines.slice(begun.line + 1, index).join("\n")}\n` });
      begun = undefined;
    }
  }
  if (begun !== undefined) throw new Error(`${document}:${begun.line + 1}: expected the end of the block, found none`);
  return blocks;
}
