/** The proxy of the stack, and what would end it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { Pool } from "./pool.ts";
import { proxyRequests } from "./proxy.ts";

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

test("a browser that goes without a word ends its own socket, and nothing else", { timeout: 60_000 }, async (t) => {
  const process = createServer((_request, response) => response.end("there"));
  const gone = new Promise<void>((resolve) => {
    process.on("upgrade", (_request, socket) => {
      socket.on("error", () => {}).on("end", () => socket.end());
      socket.on("close", () => resolve());
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    });
  });
  const pool = new Pool();
  pool.set(0, `http://127.0.0.1:${await listen(t, process)}`);
  const front = createServer();
  proxyRequests(
    front,
    () => ({ pool }),
    () => {},
  );
  const port = await listen(t, front);

  const browser = connect(port, "127.0.0.1");
  browser.write(UPGRADE);
  await once(browser, "data");
  browser.resetAndDestroy();
  await gone;
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "there");
});
