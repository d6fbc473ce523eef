new SockJS("/push").onmessage = (event) => window.bench.receive(event.data);
