/** htmx tells of everything it has put into the page. Placeholders that still fetch their snippet hold no patterns. */
htmx.onLoad((element) => {
  if (element.id.startsWith("item-") && !element.hasAttribute("hx-get")) window.bench.scan(element);
});
