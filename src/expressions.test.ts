/**
 * No text from elsewhere can freeze a page: every regular expression of the library is in this table, with the repeated
 * part and the end that are hardest for it. Twice the text may take about twice the time, not four times.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCE = new URL("./", import.meta.url);
/** A literal, after what cannot end an operand. */
const LITERAL =
  /(?<=[(,=:?&|![{}\s])\/(?![*/\s])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)(?=[.,;)\]}\s])/g;

/** The expression as it is written, what its text begins with, what is repeated in it, and what it ends with. */
const HARDEST: readonly (readonly [expression: string, start: string, repeated: string, end: string])[] = [
  ["^https?:$", "http", "s", "!"],
  [String.raw`(?<!\/)\/+$`, "", "/", "!"],
  [String.raw`[\s,]+`, "", "\u3000", "!"],
  [String.raw`^\d{1,20}-\d{1,20}$`, "", "1", "-"],
  [String.raw`^(([\w.-]{1,64})~[\w.~-]{1,256})(?:@(\d{1,20}-\d{1,20}))?$`, "a", "~", "!"],
  [String.raw`^[\w.:-]{1,64}$`, "", "a", "!"],
  [String.raw`::[\w-]+$`, "", "::a", "!"],
  [String.raw`^#[a-z_][\w-]*$`, "#", "a", "!"],
  [String.raw`^#((?:[\w-]|[^\0-\x7f]|\\[^\n])+)$`, "#a", "\u3000", "!"],
  [String.raw`\\(?:([0-9a-f]{1,6})\s?|(.))`, "", "\\a", "\\"],
  [String.raw`^[\\/]{2}`, "", "/", "!"],
  [String.raw`[\t\r\n]|^[\u0000-\u0020]+`, "", " ", "!"],
  ["^content(before|after)$", "content", "before", "!"],
  ["(before|after)$", "", "before", "!"],
  [
    String.raw`<(?:!doctype|html|head|body|title|script|base|meta|caption|col|colgroup|t[rdh]|thead|tbody|tfoot)\b|data-pat-(?:calendar|collapsible|date-picker|datetime-picker|inject)\b`,
    "",
    "<colgroup_data-pat-injec",
    "",
  ],
  [String.raw`\b(?:href|src|action|data)\s*=\s*(?!["']?(?:\/|#|@@|[a-z][a-z\d+.-]*:))`, "", "href \u3000", "=#"],
  [String.raw`\bid="([^"]+)"`, "", 'id="', ""],
  [String.raw`\bhref\s*=\s*["']?#([^"'\s>]*)`, "", "href =\u3000", ""],
  ["^(div|section|article|aside|main|nav|header|footer|figure|blockquote|ul|ol|dl|li|span)$", "", "div", ""],
  ["^(area|br|embed|hr|img|input|link|meta|source|track|wbr)$", "", "br", ""],
  ["^(style|textarea|iframe|noscript|noembed|noframes|xmp|plaintext|svg|math|template)$", "", "svg", ""],
  [String.raw`<(\/?)([a-z][^\s/>"'<]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>`, "<a", " b=''", "<"],
  ["^([uo]l|menu)$", "", "ul", ""],
  [",$", "", ",", "!"],
  [String.raw`^#([a-z_][\w-]*)$`, "#", "a", "!"],
  [String.raw`<\/?(script|head|title|body|html|base|meta|svg)\b`, "", "<scrip", ""],
  [String.raw`\sid\s*=`, "", "\u3000id\u3000\u3000", ""],
  [String.raw`\bhref\s*=\s*["']?#[\w-]*[^\w\s"'>-]`, "", "href\u3000=\u3000#a", ""],
  [String.raw`^#[\w-]*$`, "#", "a", "!"],
  [String.raw`^#\d`, "", "#", ""],
  ["^pattern[-A-Z]", "", "pattern", ""],
  ["autofocus", "", "autofocu", ""],
  [String.raw`insufficient-privileges\/?$`, "", "insufficient-privileges", "!"],
  [
    String.raw`\/(@@)?(login|login_form|logged[-_]out|require_login|insufficient-privileges|confirm-action)\/?$`,
    "",
    "/login",
    "!",
  ],
  [String.raw`^(text\/html|application\/xhtml\+xml)\b`, "", "text/html", "_"],
  [String.raw`charset\s*=\s*["']?([\w-]+)`, "", "charset \u3000", ""],
  ["^utf-?8$", "utf", "-", ""],
];

const found = new Map<string, string>();
for (const file of readdirSync(SOURCE, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".ts") || file.endsWith("test.ts") || file === "debug.ts") continue;
  const code = readFileSync(new URL(file, SOURCE), "utf8").replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  for (const [, source = "", flags = ""] of code.matchAll(LITERAL)) found.set(source, flags);
}

test("every regular expression of the library is in the table, and no other", () => {
  assert.deepEqual([...found.keys()].sort(), HARDEST.map(([source]) => source).sort());
});

const LENGTH = 20_000;
/** A clock's hiccup, in milliseconds. */
const NOISE_MS = 3;

for (const [source, start, repeated, end] of HARDEST) {
  test(`twice the text takes about twice the time: ${source.slice(0, 60)}`, () => {
    const expression = new RegExp(source, found.get(source));
    const fastest = (count: number) => {
      const text = start + repeated.repeat(count) + end;
      const times = Array.from({ length: 5 }, () => {
        // Of the processor, which others use meanwhile.
        const began = process.cpuUsage();
        expression.lastIndex = 0;
        text.replace(expression, "");
        return process.cpuUsage(began).user / 1000;
      });
      return Math.min(...times);
    };
    const [once, twice] = [fastest(LENGTH), fastest(2 * LENGTH)];
    assert.ok(twice < 3 * once + NOISE_MS, `${once} ms, and for twice as much ${twice} ms`);
  });
}
