/** The patterns of Plone's bundle, mockup, that change their element, without those that Patternslib's own list has. */
import type { Page } from "@playwright/test";
import { type ChangingPattern, click, press } from "./changing-pattern.ts";

/** Writes into an editor that is in a frame, or in the page. */
const write = (frame: string) => async (page: Page) => {
  await page.frameLocator(frame).locator("body").focus();
  await page.keyboard.type("x");
};

export const PATTERNS: readonly ChangingPattern[] = [
  {
    pattern: "autotoc",
    html: (own) => `<div class="pat-autotoc"><h1>${own}</h1><p>text</p><h1>two</h1></div>`,
    made: ".autotoc-nav a",
  },
  {
    pattern: "backdrop",
    html: (own) => `<div class="pat-backdrop"><p>${own}</p></div>`,
    made: ".pat-backdrop > div",
  },
  {
    pattern: "code-editor",
    html: (own) => `<textarea name="c" class="pat-code-editor">${own}</textarea>`,
    made: ".cm-editor, .pat-code-editor",
  },
  {
    pattern: "contentloader",
    html: (own) =>
      `<a href="#" class="pat-contentloader" data-pat-contentloader="content: #from; target: #to">${own}</a><p id="from">loaded</p><p id="to">none</p>`,
    made: ".pat-contentloader",
  },
  {
    pattern: "contentbrowser",
    html: (own) =>
      `<input name="r" title="${own}" class="pat-contentbrowser" data-pat-contentbrowser='{"vocabularyUrl": "/vocabulary"}'>`,
    made: ".pat-contentbrowser + *, :has(> .pat-contentbrowser)",
  },
  {
    pattern: "cookietrigger",
    html: (own) => `<p class="pat-cookietrigger">${own}</p>`,
    made: ".pat-cookietrigger[hidden], .pat-cookietrigger[style*=none]",
  },
  {
    pattern: "datatables",
    html: (own) =>
      `<table class="pat-datatables"><thead><tr><th>n</th></tr></thead><tbody><tr><td>${own}</td></tr><tr><td>a</td></tr></tbody></table>`,
    made: ".dataTables_wrapper, .dt-container",
  },
  {
    pattern: "livesearch",
    html: (own) =>
      `<form class="pat-livesearch" data-pat-livesearch="ajaxUrl: /livesearch; quietMillis: 1; timeoutHide: 1"><input type="text" name="q" title="${own}"></form>`,
    use: async (page) => {
      // One key, one search: when it has its answer, nothing but the user's leaving is to come.
      const field = page.locator("[name=q]");
      await field.fill(`${await field.inputValue()}tex`);
      const answer = page.waitForResponse(/\/livesearch/);
      await field.press("t");
      await answer;
      await page.locator("form.searching").waitFor({ state: "detached" });
    },
    made: ".livesearch-results",
  },
  {
    pattern: "markspeciallinks",
    html: (own) => `<div class="pat-markspeciallinks"><a href="https://other.example/${own}">link</a></div>`,
    made: "[class*=link]",
  },
  {
    pattern: "navigationmarker",
    html: (own) =>
      `<ul class="pat-navigationmarker"><li><a href="/${own}">one</a></li><li><a href="/">here</a></li></ul>`,
    made: "li.inPath",
  },
  {
    pattern: "passwordstrength",
    html: (own) => `<input type="password" name="${own}" class="pat-passwordstrength">`,
    made: ".progress, .pat-passwordstrength + *, .pat-passwordstrength-meter",
  },
  {
    pattern: "plone-modal",
    html: (own) =>
      `<a href="#m" class="pat-plone-modal" data-pat-plone-modal="width: 400">${own}</a><div id="m" style="display: none"><p>in it</p></div>`,
    use: async (page) => {
      const close = page.locator(".modal-close, .btn-close");
      if (await close.count()) await close.first().dispatchEvent("click");
      else await page.locator(".pat-plone-modal").first().dispatchEvent("click");
    },
    made: ".pat-plone-modal",
  },
  {
    pattern: "preventdoublesubmit",
    html: (own) => `<form class="pat-preventdoublesubmit"><button class="allowMultiSubmit">${own}</button></form>`,
    use: press("button"),
    made: ".submitting",
  },
  {
    pattern: "querystring",
    html: (own) =>
      `<input name="q" title="${own}" class="pat-querystring" data-pat-querystring="indexOptionsUrl: /querystring">`,
    made: ".querystring-wrapper",
  },
  {
    pattern: "recurrence",
    html: (own) => `<input name="start"><textarea name="r" title="${own}" class="pat-recurrence"></textarea>`,
    made: ".ridisplay",
  },
  {
    pattern: "registry",
    html: (own) => `<div class="pat-registry"><a class="recordsEditLink" href="#">${own}</a></div>`,
    made: ".recordsEditLink.pat-modal",
  },
  {
    pattern: "relateditems",
    html: (own) =>
      `<input name="i" title="${own}" class="pat-relateditems" data-pat-relateditems='{"vocabularyUrl": "/vocabulary"}'>`,
    made: ".select2-container, .content-browser-selected-items-wrapper",
  },
  {
    pattern: "schemaeditor",
    html: (own) =>
      `<div class="pat-schemaeditor"><div class="fieldPreview orderable" data-field_id="f">${own}</div></div>`,
    made: ".fieldPreview[draggable]",
  },
  {
    pattern: "select2",
    html: (own) =>
      `<select name="s" title="${own}" class="pat-select2" multiple><option>one</option><option>two</option><option>three</option></select>`,
    use: async (page) => {
      await page.locator(".select2-input").first().click({ force: true });
      await page.keyboard.press("Enter");
    },
    made: ".select2-container",
  },
  {
    pattern: "structure",
    html: (own) =>
      `<div class="pat-structure" title="${own}" data-pat-structure='{"vocabularyUrl": "/structure", "indexOptionsUrl": "/querystring", "contextInfoUrl": "/context{path}", "urlStructure": {"base": "/", "appended": ""}, "activeColumns": ["review_state"]}'></div>`,
    ready: async (page) => {
      await page.locator(".pat-structure .itemRow").nth(1).waitFor();
      // Of its buttons, this one's title comes sooner or later.
      await page
        .locator("#btn-change-selection")
        .evaluate((button) => button.setAttribute("title", "Manage selection"));
    },
    use: (page) => page.locator(".itemRow .selection input").first().dispatchEvent("click"),
    made: ".pat-structure .itemRow",
  },
  {
    pattern: "textareamimetypeselector",
    html: (own) =>
      `<textarea name="text">${own}</textarea><select name="m" title="${own}" class="pat-textareamimetypeselector" data-pat-textareamimetypeselector='{"textareaName": "text", "widgets": {"text/html": {"pattern": "tinymce", "patternOptions": {}}}}'><option value="text/html" selected>html</option><option value="text/plain">plain</option></select>`,
    made: ".tox-tinymce",
  },
  {
    pattern: "tinymce",
    html: (own) => `<textarea name="t" class="pat-tinymce">${own}</textarea>`,
    use: write(".tox-edit-area iframe"),
    made: ".tox-tinymce",
  },
  {
    pattern: "toolbar",
    html: (own) => `<div class="pat-toolbar"><button type="button" class="toolbar-collapse">${own}</button></div>`,
    made: ".pat-toolbar.initialized",
  },
  {
    pattern: "tree",
    html: (own) =>
      `<div class="pat-tree" data-pat-tree='data: [{"label": "${own}", "children": [{"label": "child"}]}]'></div>`,
    use: click(".jqtree-toggler"),
    made: ".jqtree-tree",
  },
  {
    pattern: "upload",
    html: (own) => `<div class="pat-upload" data-pat-upload='{"url": "/upload", "relativePath": "${own}"}'></div>`,
    made: ".upload-container, .upload-area",
  },
];
