/**
 * Which of the system's fonts stands in for one that a document names and does not bring along: fontconfig's answer.
 *
 * Knows nothing of PDFium. Asks synchronously, for PDFium waits for the answer in the middle of a page.
 */
import { execFileSync } from "node:child_process";

export interface FontQuery {
  /** As the document names it. */
  readonly family: string;
  readonly weight: number;
  readonly italic: boolean;
  readonly monospaced: boolean;
  /** A language of the script it has to show, such as `ja`; undefined for Latin, which every font has. */
  readonly language: string | undefined;
}

export interface FontFile {
  readonly path: string;
  /** Of the face in a collection (.ttc); 0 for other files. */
  readonly index: number;
}

/** In milliseconds: the first question of a new machine builds fontconfig's cache. */
const PATIENCE = 10_000;

/** @returns undefined when no font here has the language, or when there is no fontconfig. */
export function matchFont({ family, weight, italic, monospaced, language }: FontQuery): FontFile | undefined {
  const pattern = [
    familyOf(family) || (monospaced ? "monospace" : "sans-serif"),
    `weight=${weight >= 600 ? 200 : 80}`, // FC_WEIGHT_BOLD and FC_WEIGHT_REGULAR
    `slant=${italic ? 100 : 0}`,
    ...(language === undefined ? [] : [`lang=${language}`]),
  ].join(":");
  const answer = ask(["--format", "%{index}\n%{lang}\n%{file}", "--", pattern]);
  const [index = "", languages = "", path = ""] = answer?.split("\n") ?? [];
  if (path === "") return undefined;
  // fc-match always names some font, of the language or not.
  if (language !== undefined && !languages.split("|").some((found) => covers(found, language))) return undefined;
  return { path, index: Number(index) & 0xffff }; // The upper half numbers the instances of a variable font.
}

function ask(commandLine: readonly string[]): string | undefined {
  try {
    return execFileSync("fc-match", commandLine, {
      encoding: "utf8",
      timeout: PATIENCE,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return undefined;
  }
}

function covers(found: string, language: string): boolean {
  return found === language || (!language.includes("-") && found.startsWith(`${language}-`));
}

/**
 * `Arial,Bold`, `Helvetica-Oblique` and `ABCDEF+TimesNewRomanPSMT` are Arial, Helvetica and Times New Roman. A name is what
 * some document says: only letters, digits and blanks mean nothing to fontconfig's syntax.
 */
function familyOf(name: string): string {
  return name
    .replace(/^[A-Z]{6}\+/, "")
    .replace(/[-,](?:Bold|Italic|Oblique|Regular|Roman|MT|PSMT|PS).*$/i, "")
    .replace(/(?:PS)?MT$/, "")
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replace(/[^\p{L}\p{N} ]+/gu, " ")
    .trim()
    .slice(0, 100);
}
