/** What one writes without a library: fetch if need be, replace, scan. */
window.bench.receive = async (text) => {
  const { url, html, target } = JSON.parse(text);
  const template = document.createElement("template");
  template.innerHTML = html ?? (await (await fetch(url)).text());
  const element = template.content.firstElementChild;
  const old = document.getElementById(target);
  if (!old) return;
  old.replaceWith(element);
  window.bench.scan(element);
};
