/** Turbo tells before it renders a stream, and when a frame has its content. */
document.addEventListener("turbo:before-stream-render", ({ detail }) => {
  const { render } = detail;
  detail.render = async (stream) => {
    await render(stream);
    // After a frame was put in its place, the target comes back with the frame's content only.
    const element = document.getElementById(stream.target);
    if (element) window.bench.scan(element);
  };
});
document.addEventListener("turbo:frame-load", (event) => window.bench.scan(event.target));
Turbo.connectStreamSource(new WebSocket(`ws://${location.host}/push/websocket`));
