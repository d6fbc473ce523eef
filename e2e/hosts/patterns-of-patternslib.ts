/** Patternslib's own patterns that change their element. */
import { type ChangingPattern, click, hover, PICTURE, press } from "./changing-pattern.ts";

const IMAGE = `<img alt="" src="${PICTURE}">`;

export const PATTERNS: readonly ChangingPattern[] = [
  {
    pattern: "inject",
    html: (own) =>
      `<p id="x"></p><a class="pat-inject" href="/injected/${own}" data-pat-inject="source: i; target: #x">go</a>`,
    use: click(".pat-inject"),
    made: "#x b",
  },
  {
    pattern: "autoscale",
    html: (own) => `<p style="width: 400px"><button class="pat-auto-scale" style="width: 100px">${own}</button></p>`,
    made: ".pat-auto-scale.scaled",
  },
  {
    pattern: "autosuggest",
    html: (own) =>
      `<input name="q" class="pat-autosuggest" data-pat-autosuggest="words: Apple, Orange, ${own}; max-selection-size: 4">`,
    use: async (page) => {
      await page.locator(".select2-input").first().click();
      await page.keyboard.type("Oran");
      await page.keyboard.press("Enter");
    },
    made: ".select2-search-choice",
  },
  {
    pattern: "breadcrumbs",
    html: (own) =>
      `<nav class="pat-breadcrumbs" style="width: 100px"><a>${own} and a long text to be shifted</a></nav>`,
    made: ".pat-breadcrumbs-content",
  },
  {
    pattern: "modal",
    html: (own) => `<div class="pat-modal"><h3>${own}</h3><p>text</p></div>`,
    use: async (page) => {
      const close = page.locator(".close-panel");
      if (await close.count()) await close.first().click({ force: true });
    },
    made: ":is(.panel-content, #b:not(:has(.pat-modal)))",
  },
  {
    pattern: "calendar",
    html: (own) => `<div class="pat-calendar" data-pat-calendar="initial-date: 2020-01-01"><p>${own}</p></div>`,
    made: ".fc-view-container, .fc-view, .fc",
  },
  {
    pattern: "carousel",
    html: (own) => `<div class="pat-carousel" data-pat-carousel="speed: 10"><p>${own}</p><p>two</p><p>three</p></div>`,
    use: click(".slick-next"),
    made: ".slick-slide",
  },
  {
    pattern: "checklist",
    html: (own) => `<fieldset class="pat-checklist"><label><input type="checkbox" name="c"> ${own}</label></fieldset>`,
    use: click("label"),
    made: "label:is(.checked, .unchecked)",
  },
  {
    pattern: "clone",
    html: (own) =>
      `<div class="pat-clone" data-pat-clone="max: 9; trigger-element: .more"><p class="clone">${own}</p><button type="button" class="more">more</button></div>`,
    use: click(".more"),
    made: ".clone ~ .clone",
  },
  {
    pattern: "clone-code",
    html: (own) => `<div class="pat-clone-code"><p>${own}</p></div>`,
    made: "pre",
  },
  {
    pattern: "collapsible",
    html: (own) =>
      `<div class="pat-collapsible closed" data-pat-collapsible="transition: none"><h3>${own}</h3><p>text</p></div>`,
    use: click("h3"),
    made: ".panel-content",
  },
  {
    pattern: "polyfill-color",
    html: (own) => `<p>${own}</p><input name="c" class="pat-colour-picker" value="#ff0000">`,
    made: ".sp-replacer",
  },
  {
    pattern: "date-picker",
    html: (own) =>
      `<input name="d" type="date" value="2020-01-0${own.length}" class="pat-date-picker" data-pat-date-picker="behavior: styled">`,
    use: async (page) => {
      await page.locator("time, .pat-date-picker").first().click({ force: true });
      await page.locator("[data-day='17'] button").first().dispatchEvent("mousedown");
    },
    made: "time",
  },
  {
    pattern: "datetime-picker",
    html: (own) =>
      `<input name="d" type="datetime-local" value="2020-01-0${own.length}T10:00" class="pat-datetime-picker" data-pat-datetime-picker="behavior: styled">`,
    made: ".pat-datetime-picker",
  },
  {
    pattern: "depends",
    html: (own) =>
      `<form><input type="checkbox" name="flag"><p class="pat-depends" data-pat-depends="condition: flag">${own}</p></form>`,
    use: click("[name=flag]"),
    made: ".pat-depends.visible, .pat-depends.hidden",
  },
  {
    pattern: "display-time",
    html: (own) =>
      `<time class="pat-display-time" datetime="202${own.length}-01-01" data-pat-display-time="format: YYYY">old</time>`,
    made: "time:not(:empty)",
  },
  {
    pattern: "equaliser",
    html: (own) => `<div class="pat-equaliser"><p>${own}</p><p style="height: 90px">two</p></div>`,
    made: ".equalised",
  },
  {
    pattern: "expandable",
    html: (own) => `<ul class="pat-expandable"><li class="folder">${own}<ul><li>in it</li></ul></li></ul>`,
    use: press(".toggle"),
    made: ".folder:is(.open, .closed)",
  },
  {
    pattern: "form-state",
    html: (own) =>
      `<form class="pat-form-state"><input name="f" value="${own}"><button type="submit">s</button></form>`,
    use: (page) => page.locator("[name=f]").pressSequentially("x"),
    made: ".modified",
  },
  {
    pattern: "fullscreen",
    html: (own) => `<p id="full">text</p><a href="#full" class="pat-fullscreen">${own}</a>`,
    made: "a.pat-fullscreen",
  },
  {
    pattern: "gallery",
    html: (own) => `<section class="pat-gallery"><a href="${PICTURE}" title="${own}">${IMAGE}</a></section>`,
    made: ".pat-gallery a",
  },
  {
    pattern: "image-crop",
    html: (own) =>
      `<form><img alt="${own}" width="60" height="60" src="${PICTURE}" class="pat-image-crop" data-pat-image-crop="initial-sel: 5 5 20 20"></form>`,
    made: ".jcrop-holder",
  },
  {
    pattern: "legend",
    html: (own) => `<fieldset><legend>${own}</legend><p>text</p></fieldset>`,
    made: "p.legend",
  },
  {
    pattern: "markdown",
    html: (own) => `<div class="pat-markdown"># ${own}</div>`,
    made: "h1",
  },
  {
    pattern: "masonry",
    html: (own) =>
      `<div class="pat-masonry" data-pat-masonry="item-selector: .i"><p class="i">${own}</p><p class="i">2</p></div>`,
    made: ".masonry-ready",
  },
  {
    pattern: "menu",
    html: (own) => `<ul class="pat-menu"><li>${own}<ul><li>in it</li></ul></li></ul>`,
    use: hover("li"),
    made: "li.open",
  },
  {
    pattern: "navigation",
    html: (own) => `<ul class="pat-navigation"><li><a href="/${own}">one</a></li><li><a href="/">here</a></li></ul>`,
    made: ".pat-navigation",
  },
  {
    pattern: "notification",
    html: (own) => `<p class="pat-notification" data-pat-notification="healing: persistent">${own}</p>`,
    use: async (page) => {
      const close = page.locator(".close-panel");
      if (await close.count()) await close.first().dispatchEvent("click");
    },
    made: ":is(.pat-notification-panel, #b:not(:has(.pat-notification)))",
  },
  {
    pattern: "scroll-box",
    html: (own) =>
      `<div class="pat-scroll-box" style="height: 40px; overflow: auto"><p style="height: 200px">${own}</p></div>`,
    made: ".scroll-position-top",
  },
  {
    pattern: "scroll-marker",
    html: (own) =>
      `<nav class="pat-scroll-marker"><a href="#m1">${own}</a> <a href="#m2">two</a></nav><p id="m2">two</p><p id="m1">one</p>`,
    ready: (page) => page.locator("nav .current").waitFor(),
    // What the marker is at goes out of sight, and comes back.
    use: async (page) => {
      const isFar = await page.locator("#m1").evaluate((text) => {
        text.style.marginTop = text.style.marginTop ? "" : "3000px";
        return text.style.marginTop !== "";
      });
      await page.locator(`nav .current[href="${isFar ? "#m2" : "#m1"}"]`).waitFor();
    },
    made: "nav .current",
  },
  {
    pattern: "selectbox",
    html: (own) => `<span class="pat-select"><select name="s"><option>1<option>2</select></span><i>${own}</i>`,
    use: async (page) => {
      const select = page.locator("[name=s]");
      await select.selectOption((await select.inputValue()) === "1" ? "2" : "1");
    },
    made: "[data-option]",
  },
  {
    pattern: "shopping-cart",
    html: (own) =>
      `<button type="button" class="pat-shopping-cart" data-pat-shopping-cart="action: empty">${own}</button>`,
    made: ".is-empty",
  },
  {
    pattern: "sortable",
    html: (own) => `<ul class="pat-sortable"><li>${own}</li><li>two</li></ul>`,
    made: ".pat-sortable",
  },
  {
    pattern: "stacks",
    html: (own) =>
      `<div class="pat-stacks"><section id="s1">${own}</section><section id="s2">two</section></div><a href="#s1">1</a> <a href="#s2">2</a>`,
    use: async (page) => {
      const isFirst = (await page.locator("#s1.visible").count()) > 0;
      await page
        .locator(isFirst ? "a[href='#s2']" : "a[href='#s1']")
        .first()
        .click();
    },
    made: "section.visible",
  },
  {
    pattern: "subform",
    html: (own) => `<form><fieldset class="pat-subform"><input name="f" value="${own}"></fieldset></form>`,
    made: ".pat-subform",
  },
  {
    pattern: "switch",
    html: (own) =>
      `<button type="button" class="pat-switch" data-pat-switch="#sw on off && #sw off on">${own}</button><p id="sw" class="off">text</p>`,
    use: click(".pat-switch"),
    made: "#sw",
  },
  {
    pattern: "syntax-highlight",
    html: (own) =>
      `<pre class="pat-syntax-highlight"><code class="language-javascript">const a = "${own}";</code></pre>`,
    made: "pre span, code span",
  },
  {
    pattern: "tabs",
    html: (own) =>
      `<nav class="pat-tabs" style="width: 150px"><a>${own}</a><a>a second one</a><a>a third one</a></nav>`,
    use: async (page) => {
      const more = page.locator(".extra-tabs");
      if (await more.count()) await more.first().click({ force: true });
    },
    made: ".pat-tabs",
  },
  {
    pattern: "toggle",
    html: (own) =>
      `<button type="button" class="pat-toggle" data-pat-toggle="selector: #t; value: a b">${own}</button><p id="t" class="a">text</p>`,
    use: click(".pat-toggle"),
    made: "#t:is(.a, .b)",
  },
  {
    pattern: "tooltip",
    html: (own) =>
      `<button type="button" class="pat-tooltip" title="${own}" data-pat-tooltip="trigger: click">tip</button>`,
    use: async (page) => {
      await click(".pat-tooltip")(page);
    },
    made: ".tooltip-inactive-hover, .pat-tooltip:not([title])",
  },
  {
    pattern: "validation",
    html: (own) =>
      `<form class="pat-validation" action="/sent"><input name="${own}" required><button>s</button></form>`,
    use: press("button"),
    made: ".pat-validation",
  },
  {
    pattern: "zoom",
    html: (own) => `<p class="pat-zoom">${own}</p>`,
    use: (page) =>
      page
        .locator("[type=range]")
        .first()
        .evaluate((slider: HTMLInputElement) => {
          slider.value = "1.5";
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }),
    made: "[type=range] + .pat-zoom",
  },
  {
    pattern: "content-mirror",
    html: (own) =>
      `<p class="pat-content-mirror"><span class="text">.</span><textarea name="m" placeholder="${own}"></textarea></p>`,
    use: (page) => page.locator("textarea").pressSequentially("x"),
    made: ".pat-content-mirror",
  },
  {
    pattern: "sortable-table",
    html: (own) =>
      `<table class="pat-sortable-table"><thead><tr><th>n</th></tr></thead><tbody><tr><td>${own}</td></tr><tr><td>a</td></tr></tbody></table>`,
    use: click("th"),
    made: "th",
  },
  {
    pattern: "tiptap",
    html: (own) => `<textarea name="t" class="pat-tiptap">${own}</textarea>`,
    use: async (page) => {
      await page.locator(".ProseMirror").first().focus();
      await page.keyboard.type("x");
    },
    made: ".ProseMirror",
  },
  {
    pattern: "upload",
    html: (own) => `<div class="pat-upload" data-pat-upload="url: /upload"><p>${own}</p></div>`,
    made: ".pat-upload",
  },
  {
    pattern: "bumper",
    html: (own) => `<p class="pat-bumper">${own}</p>`,
    made: ".pat-bumper",
  },
];
