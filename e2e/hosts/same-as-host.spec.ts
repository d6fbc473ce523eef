/**
 * What the library does in a host's stead, compared with the host: how it reads an argument, what it leaves of a snippet,
 * and which patterns it initialises, in which order. A new Patternslib that differs fails here first.
 */
import { expect } from "../support/fixture.ts";
import { Comparison, PLACE } from "./comparison.ts";
import { onEachHost } from "./host-test.ts";
import { drainScans, logScans, type Scan, sampleSnippet } from "./scan-log.ts";

const BEFORE = '<p id="t">old</p><p id="u" class="x">old</p><p class="x">old</p>';
const SNIPPET = '<p id="s">new <b>s</b></p><p id="s2">other</p><p id="u">same</p><i class="x">1</i><i class="x">2</i>';

/** As one finds them in `data-pat-inject`. */
const ARGUMENTS = [
  "source: #s; target: #t",
  "  source:#s;target:#t;  ",
  "source: #s;\n    target: #t;\n",
  "target: #t",
  "source: body; target: #t",
  "source: #s::element; target: #t::element",
  "source: #s; target: #t::element",
  "source: #s::element; target: #t",
  "source: #s; target: #t::before",
  "source: #s; target: #t::after",
  "source: #s; target: #t::element::before",
  "source: #s; target: #t::element::after",
  "source: #s::element; target: #t::element::after",
  "source: .x; target: #t",
  "source: .x::element; target: .x",
  "source: #s; target: .x::element::before",
  "source: #s; target: #t && source: #s2; target: #u",
  "source: #s; target: #t&&source: #s2; target: #u",
  "source: #s; target: #t && source: #s2::element; target: #t::after",
  "source: #s; target: #t::after && source: #s; target: #t::after",
  "#s; target: #t",
  "#u",
  "#u::element",
  "#s #t",
  "default-selector: #s; target: #t",
  "selector: #s; target: #t",
  "source: #s; target: #t; class: seen",
  "source: #s; target: #t; history: none; scroll: none",
  "source: #s; target: #t; loading-class: busy",
  "source: p#s > b; target: p:not(.x)",
  "source: [id='s']; target: #t",
  'source: [id="s"]; target: #t',
  '{"source": "#s", "target": "#t"}',
  '[{"source": "#s", "target": "#t"}, {"source": "#s2", "target": "#u"}]',
  "source: #s; target: #t; no-such-option: 1",
];

/** Snippets that hold what pat-inject looks for, or nearly: it changes some of them, and must leave others alone. */
const SNIPPETS = [
  "<p>plain</p>",
  "  text <b>only</b>, and more\n",
  "<p>&lt;b&gt; &amp; &nbsp;</p>",
  '<p title="a > b">quoted</p>',
  "<!-- comment --><p>after</p>",
  '<a href="next">relative</a><a href="/next">rooted</a><a href="@@view">view</a><a href="?page=2">query</a>',
  '<a href="../up">up</a><a href="./here">here</a><a href="">empty</a>',
  '<a href="https://example.org/">whole</a><a href="//example.org/">no scheme</a><a href="mailto:a@example.org">mail</a>',
  "<a href=next>unquoted</a><A HREF='next'>capitals</A>",
  '<p id="here">1</p><a href="#here">inside</a>',
  '<a href="#there">outside</a>',
  '<img src="i.png" srcset="i.png 2x" alt=""><img alt="" src="/rooted.png">',
  '<video src="v.mp4" poster="p.png"></video><audio src="a.mp3"></audio><video><source src="v.webm"></video>',
  '<form action="send"><input name="n" formaction="other"></form><form><input></form>',
  '<object data="o.svg"></object><iframe src="about:blank"></iframe><embed src="e">',
  '<p style="background: url(b.png)">style</p><style>p { color: red }</style>',
  "<script>document.title = 'run'</script><p>after a script</p>",
  '<p>1</p><script type="text/template"><b>template</b></script>',
  "<template><p>inside</p></template>",
  "<table><tbody><tr><td>cell</td></tr></tbody></table>",
  "<tr><td>bare row</td></tr>",
  "<li>bare item</li><option>bare option</option>",
  '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg><math><mi>x</mi></math>',
  "<p>unclosed<p>paragraphs<b>bold",
  "<textarea>\n\n<b>raw</b></textarea><pre>\n\n  raw</pre>",
  '<div data-pat-inject="url: x; target: #x"></div><a class="pat-inject" data-pat-inject="target: #x" href="y">link</a>',
  '<div data-pat-calendar="url: events"></div><div data-pat-collapsible="load-content: more#part"></div>',
  '<input data-pat-date-picker="i18n: de.json"><input data-pat-datetime-picker="i18n: de.json">',
  '<p data-pat-other="url: x">other pattern</p>',
  '<p data-href="x" data-src="y" data-data="z">data attributes</p>',
  '<custom-element href="x"></custom-element><link rel="next" href="x"><area href="x">',
];

onEachHost((test) => {
  test("an argument is read as the host's parser reads it", async ({ page, push, open }) => {
    await open(PLACE);
    const comparison = await Comparison.start(page, push);
    for (const argument of ARGUMENTS) {
      const given = { before: BEFORE, snippet: SNIPPET, argument };
      const expected = await comparison.byHost(given);
      const found = await comparison.byLibrary(given);
      // Newer hosts put a line break between several sources.
      expect.soft(found.replaceAll("\n", ""), argument).toBe(expected.replaceAll("\n", ""));
    }
  });

  test("a snippet comes into the page as the host puts it there", async ({ page, push, open, allow }) => {
    // Addresses of images that are not there.
    allow(/status of 404/);
    await open(PLACE);
    const comparison = await Comparison.start(page, push);
    for (const snippet of SNIPPETS) {
      const given = { before: '<div id="t">old</div>', snippet, argument: "source: body; target: #t" };
      const expected = await comparison.byHost(given);
      expect.soft(await comparison.byLibrary(given), snippet).toBe(expected);
    }
  });

  test("the patterns of the host are initialised as by its own scan: the same, in the same order", async ({
    page,
    push,
    open,
  }) => {
    await open(PLACE);
    const comparison = await Comparison.start(page, push);
    const samples = await sampleSnippet(page);
    await logScans(page);
    const given = {
      before: '<div id="t"></div>',
      snippet: `<div>${samples}</div>`,
      argument: "source: body; target: #t",
    };
    await comparison.byHost(given);
    const expected = (await drainScans(page)).filter(isKind);
    expect(expected.length).toBeGreaterThan(100);
    await comparison.byLibrary(given);
    expect(await drainScans(page)).toEqual(expected);
  });

  test("each of several injected elements is scanned as the host scans it", async ({ page, push, open }) => {
    await open(PLACE);
    const comparison = await Comparison.start(page, push);
    const snippet = await sampleSnippet(page);
    await logScans(page);
    const given = { before: '<div id="t"></div>', snippet, argument: "source: body; target: #t" };
    await comparison.byHost(given);
    const expected = byRoot((await drainScans(page)).filter(isKind));
    await comparison.byLibrary(given);
    expect(byRoot(await drainScans(page))).toEqual(expected);
  });
});

/** The user has not asked for what is pushed: here the library is not as its host, and what takes the focus is left out. */
function isKind({ pattern }: Scan): boolean {
  return !pattern.endsWith("autofocus");
}

/** The scans of each injected element by itself: several are scanned at once by the library, one after another by the host. */
function byRoot(scans: readonly Scan[]): readonly (readonly Scan[])[] {
  const roots = new Set(scans.map(({ root }) => root).sort((a, b) => a - b));
  return Array.from(roots, (wanted) => scans.filter(({ root }) => root === wanted));
}
