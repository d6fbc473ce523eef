/** In place of Patternslib's STOMP broker: fires the marker as its src/core/push_kit.js does. It scans by itself. */
new SockJS("/push").onmessage = (event) => {
  document.body.dispatchEvent(new CustomEvent("push", { detail: { body: event.data } }));
};
