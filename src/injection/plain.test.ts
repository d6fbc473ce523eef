import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlain, rootOf } from "./plain.ts";

const ITEM = '<div id="a" class="item"><p>1 > 0 <b>x</b><br></p><a href="#a" title="<div>">up</a></div>';

test("the element that a snippet consists of is found, whole or its content", () => {
  assert.equal(rootOf(` ${ITEM}\n`, "a", true), ITEM);
  assert.equal(rootOf('<ul id="a"><li>1</li><li>2</li></ul>', "a", false), "<li>1</li><li>2</li>");
  assert.equal(rootOf('<li class="x" id="a"><ul><li>1</li></ul></li>', "a", false), "<ul><li>1</li></ul>");
});

for (const [what, html] of [
  ["has another id", '<div id="b">x</div>'],
  ["has another element beside it", '<div id="a">x</div><p>y</p>'],
  ["has text around it", 'text <div id="a">x</div>'],
  ["is not closed", '<div id="a">x'],
  ["is not well nested", '<div id="a"><b><i></b></i></div>'],
  ["is closed too early", '<div id="a"></div></div>'],
  ["holds a comment", '<div id="a"><!-- <div> --></div></div>'],
  ["holds what is read in other ways", '<div id="a"><textarea></div></textarea></div>'],
  ["holds the same id again", '<div id="a"><p id="a">x</p></div>'],
  ["is an item that another item ends", '<li id="a">1<li>2</li></li>'],
  ["is a paragraph that a block ends", '<p id="a"><div></div></p>'],
  ["has a tag that does not end", '<div id="a"><b "></div>'],
] as const) {
  test(`it takes a parser where the snippet ${what}`, () => {
    assert.equal(rootOf(html, "a", true), undefined);
  });
}

test("a snippet is plain when pat-inject would leave it as it is", () => {
  assert.equal(isPlain(ITEM), true);
  for (const html of [
    '<a href="doc">x</a>',
    '<a href="#b">x</a>',
    "<script></script>",
    "<tr></tr>",
    "<title>x</title>",
  ]) {
    assert.equal(isPlain(html), false, html);
  }
});
