new WebSocket(`ws://${location.host}/push/websocket`).onmessage = (event) => window.bench.receive(event.data);
