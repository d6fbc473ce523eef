/** pat-inject once per message, as if a fresh link had been clicked. It scans by itself. */
new SockJS("/push").onmessage = (event) => {
  const { url, target } = JSON.parse(event.data);
  const link = document.createElement("a");
  link.className = "pat-inject";
  link.href = url;
  link.dataset.patInject = `source: #${target}::element; target: #${target}::element`;
  const { inject } = window.__patternslib_registry;
  const $link = window.jQuery(link);
  inject.execute(inject.extractConfig($link), $link);
};
